"""What is written differently counts from the next start of the hub, for those known already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.hub import SECRET
from tests.support.login_site import CALLBACK, CLIENT, HOME, Site, site
from tests.support.provider import Provider, provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

WITH_GROUPS = ("cognito", "oidc", "okta", "entra", "auth0", "keycloak", "gitlab", "github")
KINDS = ("cognito", "keycloak", "github", "google")


def auth(kind: str, **rules: Any) -> dict[str, Any]:
    """Return the ``auth`` section for a provider."""
    known = {"type": "cognito"} if kind == "cognito" else {"type": "oauth", "provider": kind}
    return {**known, **rules}


def name(kind: str, of: str) -> str:
    """Return what the hub calls a person."""
    return f"{of}@example.org" if kind in {"cognito", "google"} else of


@pytest.fixture(params=KINDS)
def idp(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """Return a provider that outlives a hub."""
    with provider(request.param, client=(CLIENT, SECRET), callback=CALLBACK) as made:
        made.enrol(Person(name="alice", email="alice@example.org"))
        yield made


def enters(where: Site, who: str = "alice") -> bool:
    """Return whether the person gets in."""
    with where.browser() as browser:
        return where.enter(browser, who).url.endswith(HOME)


def member(kind: str, *groups: str) -> Person:
    """Return a member of groups, which GitHub calls teams."""
    given = tuple(f"lab:{group}" if kind == "github" else group for group in groups)
    return Person(name="mia", email="mia@example.org", groups=given)


@pytest.mark.parametrize("kind", WITH_GROUPS)
def test_groups_count_from_the_next_login(
    kind: str, shared_site: Callable[[Mapping[str, Any]], Site]
) -> None:
    """Whoever joins may enter, whoever is promoted administers, and both end with the group."""
    team = "lab:" if kind == "github" else ""
    where = shared_site(auth(kind, allow={"groups": [f"{team}users"]}, admin_groups=[f"{team}ops"]))
    hub_name = "mia" if kind in {"keycloak", "gitlab", "github"} else "mia@example.org"
    for groups, admin in (((), None), (("users",), False), (("ops",), True), (("users",), False)):
        where.enrol(member(kind, *groups))
        assert enters(where, "mia") is (admin is not None)
        account = where.hub.account(hub_name)
        assert (account and account.admin) is admin
    where.enrol(member(kind, "others"))
    assert not enters(where, "mia")


def test_person_is_taken_off_the_list(idp: Provider, tmp_path: Path) -> None:
    """Whoever was let in once is refused when the list names them no more."""
    listed = auth(idp.kind, allow={"users": [name(idp.kind, "alice"), "x"]})
    with site(listed, tmp_path, known=idp) as where:
        assert enters(where)
    with site(auth(idp.kind, allow={"users": ["x"]}), tmp_path, known=idp) as where:
        assert not enters(where)


def test_administrator_is_taken_off_the_list(idp: Provider, tmp_path: Path) -> None:
    """Whoever is no administrator any more has no such rights after the next login."""
    alice = name(idp.kind, "alice")
    rules = {"allow": {"users": [alice]}}
    with site(auth(idp.kind, admins=[alice], **rules), tmp_path, known=idp) as where:
        assert enters(where)
        account = where.hub.account(alice)
        assert account is not None
        assert account.admin
    with site(auth(idp.kind, admins=["x"], **rules), tmp_path, known=idp) as where:
        assert enters(where)
        account = where.hub.account(alice)
        assert account is not None
        assert not account.admin


def test_session_outlives_the_hub(idp: Provider, tmp_path: Path) -> None:
    """A restart of the hub logs nobody out."""
    rules = auth(idp.kind, allow={"everyone": True})
    with site(rules, tmp_path, known=idp) as where:
        browser = where.browser()
        where.enter(browser, "alice")
    with site(rules, tmp_path, known=idp) as where, browser:
        browser.lead_to(where.hub.address)
        assert browser.get(HOME).url.endswith(HOME)
