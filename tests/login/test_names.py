"""One person is one user of the hub, however their name is written; and two people are two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.login_site import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.browser import Browser
    from tests.support.login_site import Site

    Browsers = Callable[[Site], Browser]

AUTH: dict[str, Any] = {"type": "oauth", "provider": "keycloak", "allow": {"everyone": True}}
LISTED: dict[str, Any] = {"type": "oauth", "provider": "keycloak", "allow": {"users": ["kate"]}}


@pytest.fixture
def keycloak(shared_site: Callable[[Mapping[str, Any]], Site]) -> Site:
    """Return a site where everybody may log in."""
    return shared_site(AUTH)


def log_in(where: Site, browsers: Browsers, name: str, account: str = "") -> str:
    """Log in with a name that a provider has; return where that ends."""
    about = {"preferred_username": name}
    where.enrol(Person(name=account or "somebody", email="somebody@example.org", about=about))
    return where.enter(browsers(where), account or "somebody").url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nora", "nora"),
        ("NORA.B", "nora.b"),
        ("Nora@Example.ORG", "nora@example.org"),
        ("JOSÉ", "josé"),
        ("ΣΟΦΊΑ", "σοφία"),
    ],
    ids=["capitals", "dots", "address", "accent", "greek"],
)
def test_one_person_is_one_user(keycloak: Site, browsers: Browsers, one: str, other: str) -> None:
    """Capitals make no second user: the hub has one name, in small letters."""
    before = keycloak.hub.names()
    assert log_in(keycloak, browsers, one).endswith(HOME)
    assert log_in(keycloak, browsers, other).endswith(HOME)
    assert keycloak.hub.names() - before == {other}


@pytest.mark.parametrize(
    ("one", "other"),
    [("d.a", "d-a"), ("d_a", "d--a"), ("d@a.org", "d-a.org"), ("e\u0301", "\u00e9")],
    ids=["dot-and-hyphen", "underscore", "at", "composed-or-not"],
)
def test_two_people_are_two_users(keycloak: Site, browsers: Browsers, one: str, other: str) -> None:
    """Names that look alike once they are folders are users of their own."""
    log_in(keycloak, browsers, one, "first")
    log_in(keycloak, browsers, other, "second")
    assert {one, other} <= keycloak.hub.names()


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "../bob",
        " alice",
        "alice ",
        "/",
        "a\nb",
        "a\x1b[1Ab",
        "a\u202eb",
        "a" * 256,
        "\xe9" * 128,
    ],
    ids=["slash", "up", "before", "after", "only", "line", "escape", "bidi", "long", "bytes"],
)
def test_names_that_are_none(keycloak: Site, browsers: Browsers, name: str) -> None:
    """A name that would be a path, or another one with a space, is no user's."""
    before = keycloak.hub.names()
    assert "/hub/oauth_callback" in log_in(keycloak, browsers, name)
    assert keycloak.hub.names() == before


def test_longest_name(keycloak: Site, browsers: Browsers) -> None:
    """What the database of the hub holds is a name."""
    assert log_in(keycloak, browsers, "a" * 255).endswith(HOME)


def test_person_without_a_name(keycloak: Site, browsers: Browsers) -> None:
    """Of whom the provider tells no name, nobody is made."""
    before = keycloak.hub.names()
    keycloak.enrol(Person(name="nameless", email="n@example.org", about={"preferred_username": ""}))
    assert keycloak.enter(browsers(keycloak), "nameless").status_code >= 400
    assert keycloak.hub.names() == before


def test_look_alike_of_a_listed_name(
    shared_site: Callable[[Mapping[str, Any]], Site], browsers: Browsers
) -> None:
    """A name of other letters than those of the list is not on it."""
    where = shared_site(LISTED)
    assert not log_in(where, browsers, "\u212aate").endswith(HOME)
