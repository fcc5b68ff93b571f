"""The rendered configuration makes a real login that lets in whom it should, and no other."""

from __future__ import annotations

from datetime import timedelta
from time import time
from typing import TYPE_CHECKING, Any

import pytest
from jupyterhub.app import JupyterHub
from tornado.web import HTTPError

from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases.z2jh.providers import provider_of
from tests.support.hub import COGNITO, DOMAIN, ENVIRONMENT, LOGIN_URL, NATIVE, OAUTH, values
from tests.support.hub_configuration import configuration
from tests.support.logins import PROVIDER, enter, login, oauth, publish, type_password
from tests.support.running_hub import Provider

if TYPE_CHECKING:
    from pathlib import Path

ISSUER = "https://login.example.org"
STRONG = "correct horse battery"


EVERY_LOGIN = [
    {"type": "dummy", "admins": ["root"], "allow": {"users": ["bob"]}},
    NATIVE,
    COGNITO,
    oauth("github", allow={"groups": ["org"]}, admin_groups=["org:ops"]),
    oauth("gitlab", allow={"groups": ["g"], "domains": ["example.org"]}),
    oauth("google", allow={"domains": ["example.org"]}),
    oauth("cilogon", issuer="https://idp.example.edu/idp/shibboleth", allow={"users": ["a@b.c"]}),
    oauth("entra", issuer="https://login.microsoftonline.com/1111/v2.0", allow={"groups": ["g"]}),
    oauth("auth0", issuer="https://example.eu.auth0.com", allow={"everyone": True}),
    {"type": "dummy", "allow": {"pattern": "a+"}, "block": ["eve"], "groups": ["ml"]},
    {**NATIVE, "lock_out": {"failures": 3, "minutes": 1}, "groups": ["ml"]},
    {
        "type": "custom",
        "authenticator": "jupyterhub.auth.PAMAuthenticator",
        "config": {"PAMAuthenticator": {"service": "hub"}},
        "allow": {"users": ["bob"]},
        "has_groups": True,
        "admin_groups": ["ops"],
    },
]


@pytest.mark.parametrize("auth", EVERY_LOGIN, ids=lambda auth: auth.get("provider", auth["type"]))
def test_every_setting_is_one_that_exists(auth: dict[str, Any]) -> None:
    """Each setting of each section is a configurable trait of the class of that name."""
    config = configuration(values(auth=auth, access=DOMAIN if auth["type"] != "dummy" else {}))
    hub = JupyterHub(config=config)
    classes = {
        cls.__name__: cls
        for base in (JupyterHub, hub.authenticator_class, hub.spawner_class)
        for cls in base.__mro__
    }
    from kubespawner import KubeSpawner  # noqa: PLC0415 - what the chart sets as spawner

    classes["KubeSpawner"] = KubeSpawner
    unknown = [
        f"{section}.{name}"
        for section, settings in config.items()
        for name in settings
        if name not in classes[section].class_trait_names(config=True)
    ]
    assert unknown == []


@pytest.mark.parametrize("auth", EVERY_LOGIN, ids=lambda auth: auth.get("provider", auth["type"]))
def test_every_login_can_be_made(auth: dict[str, Any]) -> None:
    """No setting is refused by the login itself, in whatever order they are loaded."""
    made = login(auth)
    assert made.any_allow_config or made.allow_all


# --- Cognito --------------------------------------------------------------------------


def cognito_user(email: str, groups: list[str] | None, **claims: Any) -> Provider:
    """Return the user pool with a user who has just logged in there."""
    about = {"email": email, "email_verified": "true", "username": "5f0c", **claims}
    return Provider(about, {} if groups is None else {"cognito:groups": groups})


def test_p23_group_of_the_pool_lets_in() -> None:
    """A member of an allowed group enters under the address, and is no administrator."""
    user = enter(COGNITO, cognito_user("Bob@example.org", ["users", "ml"]))
    assert user is not None
    assert (user["name"], user["admin"], user["groups"]) == (
        "bob@example.org",
        False,
        ["ml", "users"],
    )


@pytest.mark.parametrize("groups", [[], ["others"], None])
def test_d8_nobody_enters_without_a_group(groups: list[str] | None) -> None:
    """Membership is what the pool says, not a constant: none or another one is refused."""
    assert enter(COGNITO, cognito_user("eve@example.org", groups)) is None


@pytest.mark.parametrize(
    ("email", "groups"), [("root@example.org", []), ("boss@example.org", ["admins"])]
)
def test_d38_cognito_has_administrators(email: str, groups: list[str]) -> None:
    """Administrators by name and by group enter and administer."""
    user = enter(COGNITO, cognito_user(email, groups))
    assert user is not None
    assert user["admin"] is True


@pytest.mark.parametrize("verified", ["false", False, None])
@pytest.mark.parametrize("allow", [{"groups": ["users"]}, {"everyone": True}])
def test_unverified_address_is_nobody(verified: Any, allow: dict[str, Any]) -> None:
    """Whoever claims an address without having shown it is theirs enters nowhere."""
    provider = cognito_user("root@example.org", ["users"], email_verified=verified)
    with pytest.raises(HTTPError) as caught:
        enter({**COGNITO, "allow": allow}, provider)
    assert caught.value.status_code == 403


def test_cognito_is_asked_where_it_is() -> None:
    """Token and user info come from the pool's own login host."""
    provider = cognito_user("bob@example.org", ["users"])
    enter(COGNITO, provider)
    assert provider.asked == [f"{LOGIN_URL}/oauth2/token", f"{LOGIN_URL}/oauth2/userInfo"]


def test_logout_ends_the_session_of_the_pool_too() -> None:
    """After logout Cognito sends the browser to the page registered for it."""
    assert login(COGNITO).logout_redirect_url == (
        f"{LOGIN_URL}/logout?client_id=client-1"
        "&logout_uri=https%3A%2F%2Fhub.example.org%2Fhub%2Flogin"
    )


def test_client_secret_comes_by_environment() -> None:
    """The login reads its secret from the variable that the Secret fills."""
    assert login(COGNITO).client_secret == ENVIRONMENT["OAUTH_CLIENT_SECRET"]


# --- other providers ------------------------------------------------------------------


def test_gitlab_by_name_group_and_domain() -> None:
    """Each of the three rules lets in by itself, and nobody else enters."""
    auth = {**OAUTH, "allow": {"users": ["bob"], "groups": ["science"], "domains": ["Lab.org"]}}

    def user(name: str, email: str, groups: list[str], *, verified: bool) -> Provider:
        return Provider(
            {"nickname": name, "email": email, "email_verified": verified, "groups": groups}
        )

    assert enter(auth, user("bob", "b@else.org", [], verified=False))
    assert enter(auth, user("carol", "c@else.org", ["science"], verified=False))
    assert enter(auth, user("dave", "d@lab.org", [], verified=True))
    assert enter(auth, user("eve", "e@lab.org", [], verified=False)) is None
    assert enter(auth, user("mallory", "m@lab.org.evil.example", [], verified=True)) is None


def test_github_organisations_and_teams() -> None:
    """Teams become groups, so that administrators and profiles can be theirs."""
    teams = [{"slug": "ops", "organization": {"login": "org"}}]
    provider = Provider(
        {"login": "bob", "email": "b@example.org"},
        pages={
            "https://api.github.com/user/teams": teams,
            "https://api.github.com/user/orgs": [{"login": "org"}, {"login": "other"}],
        },
    )
    auth = oauth("github", allow={"groups": ["org"]}, admin_groups=["org:ops"])
    user = enter(auth, provider)
    assert user is not None
    assert user["admin"] is True
    assert user["groups"] == ["org", "org:ops", "other"]


def test_google_domain_is_that_of_the_organisation() -> None:
    """A private account with an address of the domain is not of the organisation."""
    auth = oauth("google", admins=["root@example.org"], allow={"domains": ["example.org"]})
    member = {"email": "bob@example.org", "verified_email": True, "hd": "example.org"}
    private = {"email": "eve@example.org", "verified_email": True}
    assert enter(auth, Provider(member))
    assert enter(auth, Provider(private)) is None


def test_entra_by_group_of_the_id_token() -> None:
    """User name and groups are those that the tenant puts into the token."""
    auth = oauth(
        "entra",
        issuer="https://login.microsoftonline.com/1111/v2.0",
        admin_groups=["hub-admins"],
        allow={"groups": ["researchers"]},
    )
    claims = {"preferred_username": "bob@example.org", "name": "Bob", "groups": ["researchers"]}
    valid = {"aud": "client-2", "exp": int(time()) + 60}
    provider = Provider({}, {**claims, **valid})
    user = enter(auth, provider)
    assert user is not None
    assert (user["name"], user["admin"]) == ("bob@example.org", False)
    assert provider.asked == ["https://login.microsoftonline.com/1111/oauth2/v2.0/token"]
    assert enter(auth, Provider({}, {**claims, **valid, "groups": ["guests"]})) is None


def test_groups_need_a_provider_that_tells_them() -> None:
    """A rule that the provider cannot keep is refused with the key, not ignored."""
    with pytest.raises(ConfigError) as caught:
        login(oauth("google", allow={"groups": ["users"]}))
    assert [problem.path for problem in caught.value.problems] == ["auth.allow.groups"]


def test_domains_need_a_provider_that_vouches_for_addresses() -> None:
    """GitHub does not say whether a private address is verified."""
    with pytest.raises(ConfigError) as caught:
        login(oauth("github", allow={"domains": ["example.org"]}))
    assert [problem.path for problem in caught.value.problems] == ["auth.allow.domains"]


@pytest.mark.parametrize("provider", ["oidc", "okta", "keycloak"])
def test_d33_addresses_are_not_guessed(provider: str) -> None:
    """Of a provider with an issuer nothing is known but the issuer, whom the hub asks."""
    auth = OAuthAuth.model_validate(oauth(provider, issuer=f"{ISSUER}/", allow={"users": ["a"]}))
    made = provider_of(auth)
    assert made.discovery == ISSUER
    assert not [key for key in made.config if key.endswith("_url")]


def test_d33_hub_takes_what_the_provider_publishes(tmp_path: Path) -> None:
    """The hub reads the discovery document when it starts and uses its addresses."""
    auth = oauth("oidc", issuer=publish(tmp_path), allow={"domains": ["example.org"]})
    provider = Provider({"email": "bob@example.org", "email_verified": True})
    assert enter(auth, provider)
    assert provider.asked == [f"{PROVIDER}/token", f"{PROVIDER}/me"]


# --- passwords ------------------------------------------------------------------------


def test_d12_shared_password_is_needed() -> None:
    """Nobody enters with another password or none, whatever the name."""
    made = login({"type": "dummy"})
    assert type_password(made, "alice", ENVIRONMENT["JHUB_USER_PASSWORD"])
    assert type_password(made, "alice", "") is None
    assert type_password(made, "alice", "guess") is None


def test_d12_administrator_has_a_password_of_their_own() -> None:
    """The users' password does not make an administrator of anyone."""
    made = login({"type": "dummy", "admins": ["root"]})
    assert type_password(made, "root", ENVIRONMENT["JHUB_USER_PASSWORD"]) is None
    user = type_password(made, "root", ENVIRONMENT["JHUB_ADMIN_PASSWORD"])
    assert user is not None
    assert user["admin"] is True


def test_a_password_of_ones_own_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `password` the variable holds that one; while there is none yet, nobody enters."""
    auth = {"type": "dummy", "password": {"env": "HUB_PASSWORD"}}
    monkeypatch.setenv("JHUB_USER_PASSWORD", "chosen-by-me")
    assert type_password(login(auth), "alice", "chosen-by-me")
    monkeypatch.setenv("JHUB_USER_PASSWORD", "")
    assert type_password(login(auth), "alice", "") is None


def test_dummy_can_be_for_some_names_only() -> None:
    """With a list of users the password alone is not enough."""
    made = login({"type": "dummy", "allow": {"users": ["bob"]}})
    assert type_password(made, "bob", ENVIRONMENT["JHUB_USER_PASSWORD"])
    assert type_password(made, "eve", ENVIRONMENT["JHUB_USER_PASSWORD"]) is None


def test_native_sign_up_waits_for_approval() -> None:
    """Whoever signs up enters after an administrator has said so, and not before."""
    made = login(NATIVE)
    made.create_user("bob", STRONG)
    assert type_password(made, "bob", STRONG) is None
    made.get_user("bob").is_authorized = True
    user = type_password(made, "bob", STRONG)
    assert user is not None
    assert not user["admin"]


def test_native_administrator_cannot_be_taken() -> None:
    """The administrator exists from the start; nobody becomes one by signing up first."""
    made = login(NATIVE)
    assert made.create_user("teacher", "password of somebody else") is None
    assert type_password(made, "teacher", "password of somebody else") is None
    made.choose("teacher", STRONG)
    user = type_password(made, "teacher", STRONG)
    assert user is not None
    assert user["admin"] is True


def test_native_listed_user_waits_for_approval_too() -> None:
    """A listed name is no proof of who signs up with it."""
    made = login({**NATIVE, "allow": {"users": ["carol"]}})
    made.create_user("carol", "password of somebody")
    assert type_password(made, "carol", "password of somebody") is None


def test_native_locks_a_name_after_wrong_passwords() -> None:
    """As often as is written, for as long; neither others nor earlier failures count."""
    made = login({**NATIVE, "lock_out": {"failures": 3, "minutes": 20}})
    admin = "a password of the teacher alone"
    made.choose("teacher", admin)
    made.create_user("bob", STRONG)
    made.get_user("bob").is_authorized = True
    for _ in range(2):
        assert type_password(made, "Teacher", "guess") is None
    assert type_password(made, "teacher", admin)
    for _ in range(3):
        assert type_password(made, "teacher", "guess") is None
    assert type_password(made, "TEACHER", admin) is None
    assert type_password(made, "bob", STRONG)
    last = made.login_attempts["teacher"]
    last["time"] -= timedelta(minutes=19)
    assert type_password(made, "teacher", admin) is None
    last["time"] -= timedelta(minutes=2)
    assert type_password(made, "teacher", admin)


@pytest.mark.parametrize(
    "password", ["Password1234", "qwertyuiop!!", "1234567890123", "aaaaaaaaaaaa", "**Monkey2026**"]
)
def test_native_refuses_well_known_passwords(password: str) -> None:
    """However long, with a year or a sign: they are the first that anybody tries."""
    made = login({**NATIVE, "password_min_length": 8})
    assert made.create_user("bob", password) is None


def test_native_refuses_weak_passwords() -> None:
    """Shorter than configured, or well known, is refused at sign-up."""
    made = login({**NATIVE, "password_min_length": 14})
    made.create_user("bob", "thirteen-char")
    assert made.get_user("bob") is None
