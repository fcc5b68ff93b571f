"""Every login in the preview: the real JupyterHub, with the class and files of a deployment."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.preview_site import PreviewSite, offered, press, preview_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import requests
    from jupyterhub.app import JupyterHub

    from tests.support.browser import Browser

    Sites = Callable[[Mapping[str, Any]], PreviewSite]

# What JupyterHub says of itself.
pytestmark = pytest.mark.filterwarnings("ignore:The `version` property of an event schema")

UNKNOWN = "not currently authorized to use this hub"
RULES: dict[str, Any] = {
    "admins": ["root@lab.org"],
    "admin_groups": ["ops"],
    "allow": {"users": ["carol@lab.org"], "groups": ["users"]},
}
BY_NAME: dict[str, Any] = {
    "admins": ["root"],
    "admin_groups": ["ops"],
    "allow": {"users": ["carol"], "groups": ["users"]},
}
# Without groups of the provider's own, the hub keeps them.
HUB_GROUPS: dict[str, Any] = {
    "admins": ["root@lab.org"],
    "groups": ["users"],
    "allow": {"users": ["carol@lab.org"], "groups": ["users"]},
}


def oauth(provider: str, issuer: str = "", **more: Any) -> dict[str, Any]:
    """Return the ``auth`` section of a preset."""
    where = {"issuer": issuer} if issuer else {}
    return {"type": "oauth", "provider": provider, "client_id": "hub-1", **where, **more}


LOGINS: dict[str, dict[str, Any]] = {
    "cognito": {"type": "cognito", **RULES},
    "cognito federated": {
        "type": "cognito",
        "pool_login": False,
        "admins": ["root@lab.org"],
        "allow": {"users": ["carol@lab.org"], "groups": ["University"]},
        "identity_providers": {
            "University": {
                "saml": {"metadata_url": "https://idp.example.org/metadata.xml"},
                "email_domains": ["lab.org"],
            }
        },
    },
    "github": oauth(
        "github",
        admins=["root"],
        admin_groups=["lab:ops"],
        allow={"users": ["carol"], "groups": ["lab"]},
    ),
    "google": oauth("google", **HUB_GROUPS),
    "gitlab": oauth("gitlab", **BY_NAME),
    "okta": oauth("okta", "https://example.okta.com/oauth2/default", **RULES),
    "entra": oauth("entra", "https://login.microsoftonline.com/lab.example/v2.0", **RULES),
    "auth0": oauth("auth0", "https://example.eu.auth0.com", **RULES),
    "cilogon": oauth("cilogon", "https://idp.example.edu/idp/shibboleth", **HUB_GROUPS),
    "keycloak": oauth("keycloak", "https://login.example.org/realms/main", **BY_NAME),
    "keycloak roles": oauth(
        "keycloak",
        "https://login.example.org/realms/main",
        groups_claim="realm_access.roles",
        **BY_NAME,
    ),
    "issuer": oauth("oidc", "https://login.example.org", **RULES),
    "issuer with claims": oauth(
        "oidc",
        "https://login.example.org/tenant",
        username_claim="employee",
        groups_claim="https://example.org/groups",
        **BY_NAME,
    ),
    "custom class of a provider": {
        "type": "custom",
        "authenticator": "oauthenticator.generic.GenericOAuthenticator",
        "config": {
            "GenericOAuthenticator": {
                "client_id": "hub-1",
                "client_secret": {"secret": "CLIENT_SECRET"},
                "oauth_callback_url": "https://hub.example.org/hub/oauth_callback",
                "authorize_url": "https://login.example.org/authorize",
                "token_url": "https://login.example.org/token",
                "userdata_url": "https://login.example.org/me",
                "username_claim": "preferred_username",
                "auth_state_groups_key": "oauth_user.teams",
                "scope": ["openid"],
                "enable_auth_state": True,
            }
        },
        "secrets": {"CLIENT_SECRET": {"env": "CLIENT_SECRET"}},
        "has_groups": True,
        **BY_NAME,
    },
}
ENDS_SESSION = (
    "cognito",
    "okta",
    "entra",
    "auth0",
    "keycloak",
    "issuer",
)
STAYS_LOGGED_IN = ("github", "google", "gitlab", "cilogon")


@pytest.fixture(scope="session", autouse=True)
def crypt_key() -> Iterator[None]:
    """Give this process the key with which hubs keep what a provider said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTERHUB_CRYPT_KEY", "ab" * 32)
        yield


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Return the preview of an ``auth`` section; the same one for the same section."""
    known: dict[str, PreviewSite] = {}
    with ExitStack() as stack:

        def get(auth: Mapping[str, Any]) -> PreviewSite:
            key = json.dumps(auth, sort_keys=True)
            if key not in known:
                folder = tmp_path_factory.mktemp("hub")
                known[key] = stack.enter_context(preview_site(auth, folder))
            return known[key]

        yield get


@pytest.fixture
def browsers() -> Iterator[Callable[[PreviewSite], Browser]]:
    """Return new browsers."""
    with ExitStack() as stack:
        yield lambda site: stack.enter_context(site.browser())


@pytest.mark.parametrize("kind", LOGINS)
def test_everybody_offered_is_let_in_or_refused_as_on_aws(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Whoever is allowed enters with their groups and rights; strangers read why they do not."""
    site = sites(LOGINS[kind])
    assert offered(site.choices(browsers(site))) == [person.name for person in site.people]
    outcomes = set()
    for person in site.people:
        browser = browsers(site)
        page = site.enter(browser, person.name)
        account = site.hub.account(person.name)
        if "stranger" in person.name:
            assert (page.status_code, account) == (403, None)
            assert UNKNOWN in page.text or "not verified" in page.text
            outcomes.add("refused")
            continue
        assert (page.status_code, page.url) == (200, f"{browser.home}/hub/home"), page.text
        assert account is not None
        assert account.admin is person.admin
        assert set(account.groups) == set(person.groups)
        assert browser.get("/hub/admin").status_code == (200 if person.admin else 403)
        outcomes.add("admin" if person.admin else person.about)
    (group,) = LOGINS[kind]["allow"]["groups"]
    assert outcomes == {"refused", "admin", f"in group {group}", "allowed by name"}


DOMAINS: dict[str, dict[str, Any]] = {
    name: {
        key: value for key, value in auth.items() if key not in ("admin_groups", "groups", "allow")
    }
    for name, auth in LOGINS.items()
    if name in ("cognito", "google", "gitlab", "okta", "entra", "auth0", "cilogon", "keycloak")
}


@pytest.mark.parametrize("kind", DOMAINS)
def test_domains_and_patterns_let_in(
    kind: str, tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Whoever has an address of the domain, or a name of the pattern; not the stranger."""
    pattern = "student-[0-9]+" if kind in ("gitlab", "keycloak") else "student-[0-9]+@lab[.]org"
    auth = DOMAINS[kind] | {"allow": {"domains": ["Dept.lab.org"], "pattern": pattern}}
    with preview_site(auth, tmp_path) as site:
        root, of_domain, by_pattern, stranger = [person.name for person in site.people]
        assert of_domain == "alice@dept.lab.org"
        for name in (root, of_domain, by_pattern):
            assert site.enter(browsers(site), name).url.endswith("/hub/home"), name
        assert site.enter(browsers(site), stranger).status_code == 403


@pytest.mark.parametrize("kind", ["cognito", "keycloak", "entra"])
def test_names_outside_ascii(
    kind: str, tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """They are offered, and known to the hub, as they were written."""
    with preview_site(LOGINS[kind], tmp_path, ["josé.o'neill&co:users"]) as site:
        (person,) = site.people
        assert person.name.startswith("josé.o'neill&co")
        assert site.enter(browsers(site), person.name).url.endswith("/hub/home")
        account = site.hub.account(person.name)
        assert account is not None
        assert account.groups == ("users",)


@pytest.mark.parametrize("kind", LOGINS)
def test_two_people_one_after_another(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """After a logout the same browser is asked again, and the second is not the first."""
    site = sites(LOGINS[kind])
    browser = browsers(site)
    first, second = [person for person in site.people if "stranger" not in person.name][:2]
    assert site.enter(browser, first.name).status_code == 200
    assert browser.get("/hub/home").url.endswith("/hub/home")
    browser.get("/hub/logout")
    assert "/hub/login" in browser.get("/hub/home").url
    page = site.enter(browser, second.name)
    assert page.url == f"{browser.home}/hub/home"
    assert f"/hub/api/users/{second.name}" in page.text or second.name in page.text
    assert first.name not in page.text


@pytest.mark.parametrize("kind", ENDS_SESSION)
def test_a_logout_ends_at_the_providers_page(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """It says of what one is logged out, and leads back to the hub's login page."""
    site = sites(LOGINS[kind])
    browser = browsers(site)
    site.enter(browser, site.people[0].name)
    page = browser.get("/hub/logout")
    assert page.status_code == 200, page.text
    assert page.url.startswith(site.provider_url)
    assert "You are logged out" in page.text
    back = browser.follow(page, "/hub/login")
    assert back.url == f"{browser.home}/hub/login"


@pytest.mark.parametrize("kind", STAYS_LOGGED_IN)
def test_a_logout_without_the_provider_says_so(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """These end no session; the hub's own page tells, as on AWS."""
    site = sites(LOGINS[kind])
    browser = browsers(site)
    site.enter(browser, site.people[0].name)
    page = browser.get("/hub/logout")
    assert page.url.startswith(browser.home)
    assert "You are logged out of this hub, but not of" in page.text


@pytest.mark.parametrize("kind", ["cognito", "github", "issuer"])
def test_who_cancels_is_not_logged_in(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """The hub tells that the provider has let nobody in."""
    site = sites(LOGINS[kind])
    browser = browsers(site)
    page = press(browser, site.choices(browser), "cancel", "1")
    assert page.status_code == 400
    assert "access_denied" in page.text
    assert "/hub/login" in browser.get("/hub/home").url


@pytest.mark.parametrize("kind", ["cognito", "github", "entra", "issuer"])
def test_a_login_is_renewed_while_the_preview_runs(
    kind: str, sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """The hub asks again from time to time; groups and rights stay, and nobody is sent away."""
    site = sites(LOGINS[kind])
    browser = browsers(site)
    member = next(person for person in site.people if person.groups)
    site.enter(browser, member.name)
    asked: list[str] = []

    def often(app: JupyterHub) -> None:
        app.authenticator.auth_refresh_age = 1
        former = type(app.authenticator).refresh_user

        async def refresh_user(user: Any, *given: Any, **more: Any) -> Any:
            asked.append(user.name)
            return await former(app.authenticator, user, *given, **more)

        app.authenticator.refresh_user = refresh_user

    def seldom(app: JupyterHub) -> None:
        app.authenticator.auth_refresh_age = 300
        del app.authenticator.refresh_user

    site.hub.do(often)
    try:
        time.sleep(1.1)
        assert browser.get("/hub/home").url.endswith("/hub/home")
    finally:
        site.hub.do(seldom)
    assert asked == [member.name]
    account = site.hub.account(member.name)
    assert account is not None
    assert set(account.groups) == set(member.groups)


def test_after_a_restart_people_log_in_again(
    tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Tokens end with the preview that gave them out; whoever comes back is asked, no more."""
    with preview_site(LOGINS["cognito"], tmp_path) as site:
        browser = browsers(site)
        name = site.people[1].name
        site.enter(browser, name)
    with preview_site(LOGINS["cognito"], tmp_path) as site:
        browser.lead_to(site.hub.address)
        assert "/hub/login" in browser.get("/hub/home").url
        assert site.enter(browser, name).url.endswith("/hub/home")


def test_two_previews_in_one_browser(
    tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Cookies know no ports; whoever logs in to the second stays logged in to the first."""
    auth = LOGINS["cognito"]
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    with (
        preview_site(auth, folders[0]) as first,
        preview_site(auth, folders[1], host="127.0.0.1:8001") as second,
    ):
        one, other = browsers(first), browsers(second)
        other.share_cookies_of(one)
        first.enter(one, "root@lab.org")
        assert "/hub/login" in other.get("/hub/home").url
        second.enter(other, "alice@lab.org")
        assert "root@lab.org" in one.get("/hub/home").text
        assert "alice@lab.org" in other.get("/hub/home").text


def test_the_page_says_what_it_stands_in_for(
    sites: Sites, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """And that it asks for no password; nobody else is on it."""
    site = sites(LOGINS["entra"])
    page = site.choices(browsers(site))
    assert page.url.startswith(site.provider_url)
    text = " ".join(page.text.split())
    assert "This page stands in for Microsoft Entra ID in the preview." in text
    assert "No password is asked" in text
    assert 'type="password"' not in text


def is_refused(page: requests.Response) -> None:
    """Check that a login form is shown again, and says why."""
    assert "/hub/login" in page.url
    assert "Invalid username or password" in page.text, page.text


def test_shared_password(tmp_path: Path, browsers: Callable[[PreviewSite], Browser]) -> None:
    """Both passwords work, each for its own; a wrong one does not; groups are as named."""
    auth = {"type": "dummy", "admins": ["root"], "groups": ["ml"]}
    with preview_site(auth, tmp_path, ["alice:ml", "bob", "root"]) as site:
        user, admin = (site.login.environment[f"JHUB_{who}_PASSWORD"] for who in ("USER", "ADMIN"))
        browser = browsers(site)
        is_refused(site.type_in(browser, "alice", "wrong-password"))
        assert site.type_in(browser, "alice", user).url.endswith("/hub/home")
        alice, root = site.hub.account("alice"), None
        assert alice is not None
        assert (alice.admin, alice.groups) == (False, ("ml",))
        assert browser.get("/hub/admin").status_code == 403
        other = browsers(site)
        is_refused(site.type_in(other, "root", user))
        assert site.type_in(other, "root", admin).url.endswith("/hub/home")
        root = site.hub.account("root")
        assert root is not None
        assert root.admin
        assert other.get("/hub/admin").status_code == 200
        other.get("/hub/logout")
        assert site.type_in(other, "bob", user).url.endswith("/hub/home")
        assert other.get("/hub/admin").status_code == 403


def test_shared_password_refuses_who_is_not_allowed(
    tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Where rules are written, the password alone is not enough."""
    auth = {"type": "dummy", "allow": {"users": ["alice"]}}
    with preview_site(auth, tmp_path) as site:
        assert [person.name for person in site.people] == ["alice", "stranger"]
        password = site.login.environment["JHUB_USER_PASSWORD"]
        browser = browsers(site)
        assert site.type_in(browser, "alice", password).url.endswith("/hub/home")
        is_refused(site.type_in(browsers(site), "stranger", password))


NATIVE = {
    "type": "native",
    "admins": ["root"],
    "groups": ["users"],
    "allow": {"groups": ["users"]},
}


def test_own_passwords(tmp_path: Path, browsers: Callable[[PreviewSite], Browser]) -> None:
    """Members enter at once, the administrator chooses a password, strangers are refused."""
    with preview_site(NATIVE, tmp_path) as site:
        password = site.login.environment["JHUB_PREVIEW_PASSWORD"]
        assert [person.name for person in site.people] == ["root", "alice", "stranger"]
        browser = browsers(site)
        is_refused(site.type_in(browser, "alice", "wrong-password"))
        assert site.type_in(browser, "alice", password).url.endswith("/hub/home")
        alice = site.hub.account("alice")
        assert alice is not None
        assert (alice.admin, alice.groups) == (False, ("users",))
        is_refused(site.type_in(browsers(site), "stranger", password))
        other = browsers(site)
        due = site.type_in(other, "root", site.login.environment["JHUB_ADMIN_PASSWORD"])
        chosen = {"new_password": "kolibri-9-zephyr-quartz"}
        chosen["new_password_again"] = chosen["new_password"]
        given = {"password": site.login.environment["JHUB_ADMIN_PASSWORD"]}
        assert other.submit(due, given | chosen).url.endswith("/hub/home")
        assert other.get("/hub/admin").status_code == 200
        assert "alice" in other.get("/hub/authorize").text


def test_the_next_preview_of_the_same_state_goes_on(
    tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Passwords stay, and people are in the groups that are named now."""
    with preview_site(NATIVE, tmp_path, ["alice:users", "bob:users"]) as site:
        kept = site.login.made_up
        site.type_in(browsers(site), "alice", kept["JHUB_PREVIEW_PASSWORD"])
    with preview_site(NATIVE, tmp_path, ["alice:users,ml", "bob"], kept=kept) as site:
        password = kept["JHUB_PREVIEW_PASSWORD"]
        assert site.type_in(browsers(site), "alice", password).url.endswith("/hub/home")
        alice, bob = site.hub.account("alice"), site.hub.account("bob")
        assert alice is not None
        assert alice.groups == ("ml", "users")
        assert bob is not None
        assert bob.groups == ()
        is_refused(site.type_in(browsers(site), "bob", password))


def test_a_class_of_ones_own_keeps_its_settings(
    tmp_path: Path, browsers: Callable[[PreviewSite], Browser]
) -> None:
    """Its secret is made up where it is not set here; the rules are those that are deployed."""
    auth = {
        "type": "custom",
        "authenticator": "jupyterhub.authenticators.shared.SharedPasswordAuthenticator",
        "config": {"SharedPasswordAuthenticator": {"user_password": {"secret": "TRIAL_PASSWORD"}}},
        "secrets": {"TRIAL_PASSWORD": {"env": "TRIAL_PASSWORD"}},
        "admins": ["root"],
        "groups": ["ml"],
        "allow": {"users": ["alice"]},
    }
    with preview_site(auth, tmp_path, ["alice:ml", "root", "stranger"]) as site:
        password = site.login.environment["TRIAL_PASSWORD"]
        assert any("TRIAL_PASSWORD is not set here" in note for note in site.login.notes)
        browser = browsers(site)
        is_refused(site.type_in(browser, "alice", "wrong"))
        assert site.type_in(browser, "alice", password).url.endswith("/hub/home")
        alice = site.hub.account("alice")
        assert alice is not None
        assert alice.groups == ("ml",)
        is_refused(site.type_in(browsers(site), "stranger", password))
