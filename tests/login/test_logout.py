"""A logout ends the hub's session, and the provider's where it can be ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from tests.support.dialects import Person
from tests.support.login_site import CLIENT, HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.browser import Browser
    from tests.support.login_site import Site

ALICE = Person(name="alice", email="alice@example.org", groups=("users",))
COGNITO: dict[str, Any] = {"type": "cognito", "allow": {"everyone": True}}
KINDS = ("oidc", "okta", "entra", "keycloak", "gitlab", "google", "github")


def everyone(kind: str) -> dict[str, Any]:
    """Return the ``auth`` section that lets in whom a provider knows."""
    return {"type": "oauth", "provider": kind, "allow": {"everyone": True}}


def test_cognito_session_ends_with_the_hubs(
    shared_site: Callable[[Mapping[str, Any]], Site], browsers: Callable[[Site], Browser]
) -> None:
    """The browser is sent to the pool's logout with the client and the page to come back to."""
    where = shared_site(COGNITO)
    where.enrol(ALICE)
    browser = browsers(where)
    where.enter(browser, ALICE.name)
    answer = browser.get("/hub/logout", follow=False)
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}" == where.idp.url
    assert parse_qs(address.query) == {
        "client_id": [CLIENT],
        "logout_uri": ["https://hub.example.org/hub/login"],
    }
    browser.get(answer.headers["Location"])
    assert len(where.idp.logouts) == 1
    assert "/hub/login" in browser.get(HOME).url


@pytest.mark.parametrize("kind", ["oidc", "okta", "entra", "keycloak"])
def test_session_of_a_provider_that_says_how(
    kind: str,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
) -> None:
    """The browser is sent to where the provider's document says, with whose session it is."""
    where = shared_site(everyone(kind))
    where.enrol(ALICE)
    browser = browsers(where)
    where.enter(browser, ALICE.name)
    before = len(where.idp.logouts)
    browser.get("/hub/logout")
    (told,) = where.idp.logouts[before:]
    assert told["client_id"] == CLIENT
    assert told["post_logout_redirect_uri"].startswith("https://hub.example.org/hub/")
    claims = jwt.decode(told["id_token_hint"], options={"verify_signature": False})
    assert (claims["sub"], claims["iss"]) == (ALICE.name, where.idp.issuer)


@pytest.mark.parametrize("kind", ["cognito", "oidc", "okta", "entra", "keycloak"])
def test_whoever_logged_out_is_asked_again(
    kind: str,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the provider's session a login asks nothing; after the logout it does, as at first."""
    where = shared_site(COGNITO if kind == "cognito" else everyone(kind))
    where.enrol(ALICE)
    monkeypatch.setattr(where.idp, "remembers", True)
    browser = browsers(where)
    where.enter(browser, ALICE.name)
    browser.forget_the_hub()
    assert where.form(browser).url.endswith(HOME)
    page = browser.get("/hub/logout")
    assert (page.status_code, urlsplit(page.url).netloc) == (200, "hub.example.org")
    assert where.form(browser).url.startswith(where.idp.url)


@pytest.mark.parametrize("kind", ["google", "github"])
def test_session_of_a_provider_that_ends_none(
    kind: str,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
) -> None:
    """Where the provider's session goes on, the page after the logout says so."""
    where = shared_site(everyone(kind))
    where.enrol(ALICE)
    browser = browsers(where)
    where.enter(browser, ALICE.name)
    page = browser.get("/hub/logout")
    assert page.status_code == 200
    assert f"but not of {'Google' if kind == 'google' else 'GitHub'}" in page.text


@pytest.mark.parametrize("kind", KINDS)
def test_session_of_the_hub_ends(
    kind: str,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Callable[[Site], Browser],
) -> None:
    """After a logout the browser is nobody, and another of the same person still somebody."""
    where = shared_site(everyone(kind))
    where.enrol(ALICE)
    browser, other = browsers(where), browsers(where)
    where.enter(browser, ALICE.name)
    where.enter(other, ALICE.name)
    browser.get("/hub/logout", follow=False)
    assert "/hub/login" in browser.get(HOME).url
    assert other.get(HOME).url.endswith(HOME)
