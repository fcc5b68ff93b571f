"""A login is renewed while its person is known to the provider, and ends with that.

The hub asks the provider again after `auth_refresh_age`, here a second.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dialects import Person
from tests.support.login_site import HOME, Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from traitlets.config import Config

    from tests.support.browser import Browser

REFRESH_SECONDS = 1
# Providers whose access tokens end; those of GitHub's OAuth apps do not.
RENEWED = ("cognito", "oidc", "okta", "auth0", "keycloak", "gitlab", "google", "cilogon")
WITH_GROUPS = ("cognito", "oidc", "okta", "auth0", "keycloak", "gitlab")
ALICE = Person(name="alice", email="alice@example.org", groups=("users", "old"))


def often(config: Config) -> None:
    """Let the hub ask the provider again soon."""
    config.Authenticator.auth_refresh_age = REFRESH_SECONDS


def auth(kind: str) -> dict[str, Any]:
    """Return the ``auth`` section for a provider, which lets in everybody it knows."""
    known = {"type": "cognito"} if kind == "cognito" else {"type": "oauth", "provider": kind}
    return {**known, "allow": {"everyone": True}}


def _sites(
    tmp_path_factory: pytest.TempPathFactory, section: Callable[[str], dict[str, Any]]
) -> Iterator[Callable[[str], Site]]:
    known: dict[str, Site] = {}
    with ExitStack() as stack:

        def get(kind: str) -> Site:
            if kind not in known:
                folder = tmp_path_factory.mktemp(kind)
                known[kind] = stack.enter_context(site(section(kind), folder, change=often))
            return known[kind]

        yield get


@pytest.fixture(scope="module")
def often_asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Site]]:
    """Return the site of a provider that is asked again after a second."""
    yield from _sites(tmp_path_factory, auth)


@pytest.fixture(scope="module")
def shared_site_of_members(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Site]]:
    """Return such a site for members of a group only."""
    yield from _sites(tmp_path_factory, lambda kind: {**auth(kind), "allow": {"groups": ["users"]}})


def logged_in(where: Site, browsers: Callable[[Site], Browser], person: Person = ALICE) -> Browser:
    """Return a browser in which a person is logged in, for longer than the hub believes that."""
    where.enrol(person)
    browser = browsers(where)
    assert where.enter(browser, person.name).url.endswith(HOME)
    time.sleep(REFRESH_SECONDS + 0.1)
    return browser


@pytest.mark.parametrize("kind", RENEWED)
def test_expired_access_token_is_renewed(
    kind: str, often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """The hub gets a new token for an expired one, and the person notices nothing."""
    where = often_asked(kind)
    browser = logged_in(where, browsers)
    where.idp.expire_access_tokens()
    asked = len(where.idp.tokens_asked)
    assert browser.get(HOME).url.endswith(HOME)
    assert [form["grant_type"] for form in where.idp.tokens_asked[asked:]] == ["refresh_token"]
    # The new token serves until it is too old as well.
    time.sleep(REFRESH_SECONDS + 0.1)
    assert browser.get(HOME).url.endswith(HOME)
    assert len(where.idp.tokens_asked) == asked + 1


@pytest.mark.parametrize("kind", WITH_GROUPS)
def test_renewal_brings_new_groups(
    kind: str, often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """Groups are those that the provider tells now, without a login in between."""
    where = often_asked(kind)
    browser = logged_in(where, browsers)
    where.enrol(Person(name="alice", email=ALICE.email, groups=("users", "new")))
    where.idp.expire_access_tokens()
    browser.get(HOME)
    name = "alice" if kind in {"keycloak", "gitlab"} else ALICE.email
    account = where.hub.account(name)
    assert account is not None
    assert account.groups == ("new", "users")


@pytest.mark.parametrize("kind", [*RENEWED, "github"])
def test_person_whom_the_provider_dismissed(
    kind: str, often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """Where the provider renews nothing the hub asks for a login, and reports no fault."""
    where = often_asked(kind)
    person = Person(name="gone", email="gone@example.org", groups=("users",))
    browser = logged_in(where, browsers, person)
    where.idp.dismiss(person.name)
    page = browser.get(HOME)
    assert page.status_code == 200
    assert "/hub/login" in page.url


def test_person_of_whom_only_the_token_speaks(
    often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """Entra is asked by id token alone, and one that has expired says nothing any more."""
    where = often_asked("entra")
    # The hub allows for clocks that differ by a minute.
    where.idp.seconds = 3 - 60
    person = Person(name="gone", email="gone@example.org")
    browser = logged_in(where, browsers, person)
    where.idp.dismiss(person.name)
    time.sleep(3)
    page = browser.get(HOME)
    assert page.status_code == 200
    assert "/hub/login" in page.url


@pytest.mark.parametrize("kind", WITH_GROUPS)
def test_removed_member_is_out_at_the_next_renewal(
    kind: str, shared_site_of_members: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """Whoever is in no group any more that may enter is not left in by an old login."""
    where = shared_site_of_members(kind)
    browser = logged_in(where, browsers)
    where.enrol(Person(name="alice", email=ALICE.email, groups=("others",)))
    where.idp.expire_access_tokens()
    assert "/hub/login" in browser.get(HOME).url
    with where.browser() as again:
        assert where.enter(again, "alice").status_code == 403


@pytest.mark.parametrize("kind", ["cognito", "oidc"])
def test_provider_that_is_down(
    kind: str, often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """A fault of the provider logs nobody out, and lets nobody in."""
    where = often_asked(kind)
    browser, stranger = logged_in(where, browsers), browsers(where)
    form = where.form(stranger)
    with where.idp.failing():
        assert browser.get(HOME).url.endswith(HOME)
        assert stranger.submit(form, {"sub": "alice"}).status_code >= 500
    assert "/hub/login" in stranger.get(HOME).url
    time.sleep(REFRESH_SECONDS + 0.1)
    assert browser.get(HOME).url.endswith(HOME)


def test_provider_that_fails_when_the_browser_is_back(
    often_asked: Callable[[str], Site], browsers: Callable[[Site], Browser]
) -> None:
    """Who logged in there, and whom it does not vouch for then, is told to try again later."""
    where = often_asked("oidc")
    where.enrol(ALICE)
    browser = browsers(where)
    answer = browser.submit(where.form(browser), {"sub": ALICE.name}, follow=False)
    with where.idp.failing():
        page = browser.get(answer.headers["Location"])
    assert page.status_code == 503
    assert "does not answer just now" in page.text
    assert "/hub/login" in browser.get(HOME).url
