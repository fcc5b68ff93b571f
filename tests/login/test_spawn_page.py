"""Who is offered which profile on the hub's own page, after logging in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.login_site import Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.browser import Browser

IMAGE = {"SciPy": {"image": "quay.io/jupyter/scipy-notebook:2025-11-10"}}


def profile(name: str, **more: Any) -> dict[str, Any]:
    """Return a profile on the pool that is always there."""
    return {
        "name": name,
        "description": f"{name}.",
        "pool": "cpu",
        "cpu": {"guarantee": 1, "limit": 2},
        "memory": {"guarantee": "4G", "limit": "4G"},
        "images": IMAGE,
        **more,
    }


OPEN = [
    profile("For everybody", default=True),
    profile("For staff", groups=["staff"]),
    profile("For research", groups=["research", "staff"]),
]
AUTH: dict[str, Any] = {
    "type": "oauth",
    "provider": "okta",
    "admin_groups": ["ops"],
    "allow": {"everyone": True},
}


@pytest.fixture(scope="module")
def okta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site with profiles for groups."""
    with site(AUTH, tmp_path_factory.mktemp("hub"), profiles={"profiles": OPEN}) as made:
        yield made


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site on which every profile is some group's."""
    with site(AUTH, tmp_path_factory.mktemp("hub"), profiles={"profiles": OPEN[1:]}) as made:
        yield made


def offered(where: Site, browser: Browser, name: str, *groups: str) -> set[str]:
    """Log in as a member of groups; return the profiles on the page."""
    where.enrol(Person(name=name, email=f"{name}@example.org", groups=groups))
    where.enter(browser, name)
    page = browser.get("/hub/spawn")
    assert page.status_code == 200
    return {each["name"] for each in OPEN if each["name"] in page.text}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), {"For everybody"}),
        (("staff",), {"For everybody", "For staff", "For research"}),
        (("research",), {"For everybody", "For research"}),
        (("others", "Staff"), {"For everybody"}),
        (("ops",), {"For everybody", "For staff", "For research"}),
    ],
    ids=["nobody", "staff", "research", "other-groups", "admin"],
)
def test_profiles_of_ones_groups(
    okta: Site, browsers: Callable[[Site], Browser], groups: tuple[str, ...], expected: set[str]
) -> None:
    """A profile is on the page of those who are in one of its groups, and of administrators."""
    name = "-".join(("user", *groups)).lower()
    assert offered(okta, browsers(okta), name, *groups) == expected


def test_groups_of_the_next_login(okta: Site, browsers: Callable[[Site], Browser]) -> None:
    """Who left a group and joined another is offered what is the new one's, and no more."""
    browser = browsers(okta)
    assert "For staff" in offered(okta, browser, "mover", "staff")
    browser.get("/hub/logout")
    assert offered(okta, browser, "mover", "research") == {"For everybody", "For research"}


def test_nobody_without_a_profile_starts(closed: Site, browsers: Callable[[Site], Browser]) -> None:
    """Who is offered nothing reads so, with whom to ask."""
    closed.enrol(Person(name="guest", email="guest@example.org", groups=()))
    browser = browsers(closed)
    closed.enter(browser, "guest")
    page = browser.get("/hub/spawn")
    assert page.status_code == 403
    assert "ask an administrator" in page.text


def test_profile_of_others_cannot_be_asked_for(
    okta: Site, browsers: Callable[[Site], Browser]
) -> None:
    """A form that names a profile of another group starts no server of that profile."""
    browser = browsers(okta)
    offered(okta, browser, "clever")
    form = browser.get("/hub/spawn")
    page = browser.submit(form, {"profile": "for-staff"})
    assert page.status_code >= 400 or "/hub/spawn" in page.url
    assert not okta.hub.do(
        lambda app: (
            app.users["clever@example.org"].spawners[""].user_options.get("profile") == "for-staff"
            and app.users["clever@example.org"].spawners[""].active
        )
    )
