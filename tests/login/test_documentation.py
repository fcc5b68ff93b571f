"""Each page's configuration, followed to the letter: a provider of that kind, and a login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.hub_process import Account
from tests.support.login_pages import FOLDER, PAGES, section
from tests.support.login_site import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.browser import Browser
    from tests.support.login_site import Site

ADA, MIA, EVE = "alice", "mia", "eve"
CLAIM = "https://hub.example.org/groups"


def person(name: str, *groups: str, domain: str = "example.org", **about: Any) -> Person:
    """Return somebody with an address."""
    return Person(name=name, email=f"{name}@{domain}", groups=groups, about=about)


# By page: a member with the groups that the hub then knows, and a stranger.
PEOPLE: dict[str, tuple[Person, tuple[str, ...], Person]] = {
    "cognito": (person(MIA, "students"), ("students",), person(EVE, "others")),
    "github": (person(MIA, "my-lab:first-year"), ("my-lab", "my-lab:first-year"), person(EVE)),
    "google": (person(MIA, hd="example.org"), (), person(EVE)),
    "gitlab": (person(MIA, "my-lab/students"), ("my-lab/students",), person(EVE, "my-lab")),
    "okta": (person(MIA, "students"), ("students",), person(EVE, "others")),
    "entra": (
        person(MIA, "0d9a8c51-0000-4000-8000-000000000002"),
        ("0d9a8c51-0000-4000-8000-000000000002",),
        person(EVE, "students"),
    ),
    "auth0": (
        person(MIA, **{CLAIM: ["students"]}),
        ("students",),
        person(EVE, "students", **{CLAIM: []}),
    ),
    "cilogon": (person(MIA), (), person(EVE, domain="other.org")),
    "keycloak": (person(MIA, "/lab/students"), ("lab/students",), person(EVE, "/lab")),
    "oidc": (person(MIA, "students"), ("students",), person(EVE, "others")),
}
PLAIN = ("github", "gitlab", "keycloak")


def test_every_page_with_a_provider_is_followed() -> None:
    """No page is left out."""
    others = {"dummy", "native", "custom"}
    assert set(PEOPLE) == {page.stem for page in PAGES} - others


@pytest.mark.parametrize("kind", PEOPLE)
def test_page(
    kind: str,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
) -> None:
    """The administrator of the page administers, a member enters, a stranger does not."""
    auth = section(FOLDER / f"{kind}.md")
    site = shared_site(auth if kind == "cognito" else {"provider": "oidc", **auth})
    member, groups, stranger = PEOPLE[kind]
    for each in (person(ADA), member, stranger):
        site.enrol(each)

    def name(of: str) -> str:
        return of if kind in PLAIN else f"{of}@example.org"

    browser = browsers(site)
    assert site.enter(browser, ADA).url == browser.home + HOME
    assert site.hub.account(name(ADA)) == Account(name(ADA), True, ())
    browser = browsers(site)
    assert site.enter(browser, MIA).url == browser.home + HOME
    assert site.hub.account(name(MIA)) == Account(name(MIA), False, groups)
    page = site.enter(browsers(site), EVE)
    assert page.status_code == 403
    assert "not currently authorized to use this hub" in page.text
