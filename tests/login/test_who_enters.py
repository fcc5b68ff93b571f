"""Who logs in, as whom, at every kind of provider: by the hub's login page and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.hub_process import Account
from tests.support.login_site import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.support.browser import Browser
    from tests.support.login_site import Site

# Whose users the hub knows by their address, and whose by a name.
BY_ADDRESS = ("cognito", "oidc", "okta", "entra", "auth0", "google", "cilogon")
BY_NAME = ("keycloak", "gitlab", "github")
GROUPS = ("cognito", "oidc", "okta", "entra", "auth0", "keycloak", "gitlab", "github")
DOMAINS = ("cognito", "oidc", "okta", "entra", "auth0", "keycloak", "gitlab", "cilogon")
# Where an address that is not verified is no name to log in with.
VERIFIED = ("cognito", "oidc", "auth0", "google")
UNKNOWN = "not currently authorized to use this hub"


def organisation(kind: str, group: str) -> str:
    """Return a group as the provider has it: GitHub's are organisations and teams."""
    return f"lab:{group}" if kind == "github" else group


def rules(kind: str) -> dict[str, Any]:
    """Return the ``auth`` section of every case of a kind."""

    def name(of: str) -> str:
        return f"{of}@example.org" if kind in BY_ADDRESS else of

    allow: dict[str, Any] = {
        "users": [name("carol"), name("dan.van-dyk"), name("bill")],
        "pattern": name("team-[0-9]+"),
    }
    auth: dict[str, Any] = {"admins": [name("root")], "block": [name("bill"), name("mel")]}
    if kind in GROUPS:
        allow["groups"] = [organisation(kind, "users")]
        auth["admin_groups"] = [organisation(kind, "ops")]
    if kind in (*DOMAINS, "google"):
        allow["domains"] = ["Lab.org"]
    known = {"type": "cognito"} if kind == "cognito" else {"type": "oauth", "provider": kind}
    return {**known, **auth, "allow": allow}


@dataclass(frozen=True)
class Case:
    """Somebody who tries to log in.

    Attributes:
        kind: Provider.
        what: What is particular.
        person: Who.
        account: What the hub then has; None for somebody who is not let in.
        told: What a refused person reads.
    """

    kind: str
    what: str
    person: Person
    account: Account | None = None
    told: str = UNKNOWN

    def __str__(self) -> str:
        """Return the name of the case."""
        return f"{self.kind}-{self.what.replace(' ', '-')}"


def let_in(kind: str, what: str, person: Person, *, name: str = "", admin: bool = False) -> Case:
    """Return the case of somebody who enters."""
    usual = person.email.lower() if kind in BY_ADDRESS else person.name.lower()
    groups = set(person.groups) if kind in GROUPS else set()
    if kind == "github":
        # Whoever is in a team is in its organisation.
        groups |= {group.partition(":")[0] for group in person.groups}
    return Case(kind, what, person, Account(name or usual, admin, tuple(sorted(groups))))


def person(
    name: str, *groups: str, kind: str = "", domain: str = "example.org", **more: Any
) -> Person:
    """Return a person with an address of a domain."""
    given = tuple(organisation(kind, group) for group in groups)
    return Person(name=name, email=f"{name}@{domain}", groups=given, **more)


def by_name() -> Iterator[Case]:
    """Yield what is the same everywhere: listed, administrator, stranger, capitals."""
    for kind in (*BY_ADDRESS, *BY_NAME):
        yield let_in(kind, "listed user", person("carol"))
        yield let_in(kind, "administrator", person("root"), admin=True)
        yield Case(kind, "stranger", person("eve"))
        yield Case(kind, "name that begins like a listed one", person("carol2"))
        yield let_in(kind, "capitals and dots", person("Dan.Van-Dyk"))
        yield Case(kind, "blocked although listed", person("bill"))
        yield Case(kind, "blocked in capitals", person("BILL"))
        yield let_in(kind, "name of the pattern", person("team-17"))
        yield Case(kind, "more than the pattern", person("team-17x"))
        yield Case(kind, "pattern within a name", person("my-team-17"))


def by_group() -> Iterator[Case]:
    """Yield members and others."""
    for kind in GROUPS:
        yield let_in(kind, "member", person("mia", "users", "ml", kind=kind))
        yield let_in(kind, "member of admins", person("ada", "ops", kind=kind), admin=True)
        yield Case(kind, "blocked although member", person("mel", "users", "ops", kind=kind))
        yield Case(kind, "other group", person("otto", "others", kind=kind))
        yield Case(kind, "group with a longer name", person("uwe", "users2", kind=kind))


def by_domain() -> Iterator[Case]:
    """Yield addresses of the domain, and those that look like it."""
    for kind in DOMAINS:
        yield let_in(kind, "address of the domain", person("lou", domain="lab.org"))
        yield Case(kind, "domain that ends alike", person("mal", domain="evil-lab.org"))
        yield Case(kind, "domain that begins alike", person("moe", domain="lab.org.evil.net"))
    member = person("lou", domain="lab.org", about={"hd": "lab.org"})
    yield let_in("google", "account of the organisation", member)
    yield Case("google", "private account with its address", person("pam", domain="lab.org"))


def by_address() -> Iterator[Case]:
    """Yield people who claim an address that they have not shown to be theirs."""
    for kind in VERIFIED:
        claimed = person("carol", verified=False)
        yield Case(kind, "listed address that is not verified", claimed, told="not ")
        yield Case(kind, "administrator not verified", person("root", verified=False), told="not ")
    for kind in ("keycloak", "gitlab"):
        claimed = person("ned", domain="lab.org", verified=False)
        yield Case(kind, "domain that is not verified", claimed)
    other = person("carol", about={"idp": "https://other.example.net/idp"})
    yield Case("cilogon", "institution that is not configured", other, told="not pre-configured")


CASES = [*by_name(), *by_group(), *by_domain(), *by_address()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_login(
    case: Case,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
) -> None:
    """Who may enters under the expected name and role; who may not reads why, and is nobody."""
    site = shared_site(rules(case.kind))
    site.enrol(case.person)
    browser = browsers(site)
    before = site.hub.names()
    page = site.enter(browser, case.person.name)
    if case.account:
        assert (page.status_code, page.url) == (200, browser.home + HOME)
        assert site.hub.account(case.account.name) == case.account
        assert browser.get("/hub/admin").status_code == (200 if case.account.admin else 403)
    else:
        assert page.status_code == 403
        assert case.told in page.text
        assert site.hub.names() == before
        assert "/hub/login" in browser.get(HOME).url
