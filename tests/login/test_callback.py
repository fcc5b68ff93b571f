"""What comes back from the provider is refused unless this browser has begun that login."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.dialects import Person
from tests.support.login_site import HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import requests

    from tests.support.browser import Browser
    from tests.support.login_site import Site

    Browsers = Callable[[Site], Browser]

AUTH: dict[str, Any] = {
    "type": "oauth",
    "provider": "keycloak",
    "allow": {"everyone": True},
    "admins": ["root"],
}


@pytest.fixture
def keycloak(shared_site: Callable[[Mapping[str, Any]], Site]) -> Site:
    """Return a site where everybody may log in."""
    site = shared_site(AUTH)
    site.enrol(Person(name="alice", email="alice@example.org"))
    site.enrol(Person(name="mallory", email="mallory@example.org"))
    return site


def way_back(site: Site, browser: Browser, name: str) -> str:
    """Log in at the provider, and return the address that it sends the browser back to."""
    answer = browser.submit(site.form(browser), {"sub": name}, follow=False)
    return str(answer.headers["Location"])


def asked(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}


def callback(browser: Browser, **parameters: str) -> requests.Response:
    """Come back from the provider with parameters of one's own."""
    return browser.get("/hub/oauth_callback?" + "&".join(f"{k}={v}" for k, v in parameters.items()))


def is_nobody(browser: Browser) -> bool:
    """Return whether the hub asks the browser to log in."""
    return "/hub/login" in browser.get(HOME).url


def test_login_begins_with_state_and_challenge(keycloak: Site, browsers: Browsers) -> None:
    """The provider is asked with a state and a challenge that differ from login to login."""
    first, second = (asked(keycloak.form(browsers(keycloak)).url) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert first["response_type"] == "code"
    assert first["redirect_uri"] == "https://hub.example.org/hub/oauth_callback"
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


def test_code_is_redeemed_with_its_verifier(keycloak: Site, browsers: Browsers) -> None:
    """The hub proves to the provider that it is who asked for the code."""
    keycloak.enter(browsers(keycloak), "alice")
    form = keycloak.idp.tokens_asked[-1]
    assert form["grant_type"] == "authorization_code"
    assert len(form["code_verifier"]) >= 43


@pytest.mark.parametrize("state", ["", "e30=", "bm9uc2Vuc2U="], ids=["none", "empty", "nonsense"])
def test_wrong_state(keycloak: Site, browsers: Browsers, state: str) -> None:
    """A state that is not this browser's is refused, before the code is used."""
    browser = browsers(keycloak)
    code = asked(way_back(keycloak, browser, "alice"))["code"]
    before = len(keycloak.idp.tokens_asked)
    assert callback(browser, code=code, state=state).status_code == 400
    assert is_nobody(browser)
    assert len(keycloak.idp.tokens_asked) == before


def test_state_of_another_browser(keycloak: Site, browsers: Browsers) -> None:
    """Nobody is logged in as somebody else by opening the end of that one's login."""
    theirs, mine = browsers(keycloak), browsers(keycloak)
    keycloak.form(mine)
    assert mine.get(way_back(keycloak, theirs, "mallory")).status_code == 400
    assert is_nobody(mine)


def test_browser_without_a_login(keycloak: Site, browsers: Browsers) -> None:
    """A browser that has begun no login comes back from none."""
    address = way_back(keycloak, browsers(keycloak), "mallory")
    stranger = browsers(keycloak)
    assert stranger.get(address).status_code == 400
    assert is_nobody(stranger)


def test_missing_code(keycloak: Site, browsers: Browsers) -> None:
    """The right state without a code is refused."""
    browser = browsers(keycloak)
    state = asked(way_back(keycloak, browser, "alice"))["state"]
    assert callback(browser, state=state).status_code == 400
    assert is_nobody(browser)


def test_address_of_a_login_works_once(keycloak: Site, browsers: Browsers) -> None:
    """The address that logged somebody in logs nobody in again, in the same browser neither."""
    browser = browsers(keycloak)
    address = way_back(keycloak, browser, "alice")
    assert browser.get(address).url.endswith(HOME)
    browser.get("/hub/logout")
    assert browser.get(address).status_code == 400
    assert is_nobody(browser)


@pytest.mark.parametrize("used", [True, False], ids=["replayed", "stolen"])
def test_code_of_somebody_else(keycloak: Site, browsers: Browsers, *, used: bool) -> None:
    """A code is of no use to whoever has not begun its login, used before or not."""
    theirs, mine = browsers(keycloak), browsers(keycloak)
    address = way_back(keycloak, theirs, "alice")
    if used:
        theirs.get(address)
    state = asked(way_back(keycloak, mine, "mallory"))["state"]
    page = callback(mine, code=asked(address)["code"], state=state)
    assert page.status_code >= 400
    assert is_nobody(mine)


def test_login_that_was_declined(keycloak: Site, browsers: Browsers) -> None:
    """Whoever declines at the provider reads that, and is not logged in."""
    browser = browsers(keycloak)
    page = callback(browser, error="access_denied", error_description="declined+by+you")
    assert page.status_code == 400
    assert "declined by you" in page.text
    assert is_nobody(browser)


def test_login_leads_to_no_other_host(keycloak: Site, browsers: Browsers) -> None:
    """An address elsewhere as the next page is not where a login ends."""
    browser = browsers(keycloak)
    page = browser.get("/hub/oauth_login?next=https%3A%2F%2Fevil.example%2Fhub%2Fhome")
    answer = browser.submit(page, {"sub": "alice"}, follow=False)
    end = browser.get(answer.headers["Location"], follow=False)
    assert urlsplit(end.headers["Location"]).netloc in {"", "hub.example.org"}


def test_cookies_are_for_tls_only(keycloak: Site, browsers: Browsers) -> None:
    """No cookie that stands for a login is ever sent in the clear."""
    browser = browsers(keycloak)
    form = keycloak.form(browser)
    assert browser.cookies()["oauthenticator-state"]
    browser.submit(form, {"sub": "alice"})
    # What is bound to a session is no session.
    assert {name for name, secure in browser.cookies().items() if not secure} == {"_xsrf"}


def test_state_says_nothing_of_the_verifier(keycloak: Site, browsers: Browsers) -> None:
    """What passes by the provider does not hold the secret that redeems the code."""
    state = asked(keycloak.form(browsers(keycloak)).url)["state"]
    assert set(json.loads(base64.urlsafe_b64decode(state))) == {"state_id"}


def test_code_that_the_provider_refuses(keycloak: Site, browsers: Browsers) -> None:
    """Whoever comes with a code that is refused reads so, with what to do."""
    browser = browsers(keycloak)
    state = asked(way_back(keycloak, browser, "alice"))["state"]
    page = callback(browser, code="of-another-day", state=state)
    assert page.status_code in {400, 403}
    assert "log in again" in page.text.lower()


def test_secret_that_the_provider_refuses(
    keycloak: Site, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client secret that is not the provider's is what the page and the log speak of."""
    monkeypatch.setattr(keycloak.idp, "_client", ("client-1", "another-secret"))
    page = keycloak.enter(browsers(keycloak), "alice")
    assert page.status_code in {403, 502, 503}
    assert "client secret" in page.text.lower()


def test_callback_that_is_not_registered(
    keycloak: Site, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that knows another callback refuses before anybody types a password there."""
    other = "https://hub.example.org/hub/oauth_callback/"
    monkeypatch.setattr(keycloak.idp, "_callback", other)
    browser = browsers(keycloak)
    page = keycloak.form(browser)
    assert (page.status_code, page.text) == (400, "redirect_uri is not registered")
    assert is_nobody(browser)
