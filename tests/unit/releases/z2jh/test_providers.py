"""What each provider says, and what real logins make of it: names, groups, addresses, logout."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyterhub.app import JupyterHub
from tornado.web import HTTPError

from tests.support.hub import COGNITO
from tests.support.logins import PROVIDER, enter, hub_of, login, oauth, publish
from tests.support.running_hub import Provider

if TYPE_CHECKING:
    from pathlib import Path

BACK = "https://hub.example.org/hub/login"
EVERYONE = {"allow": {"everyone": True}, "admins": ["root@example.org"]}
DISCOVERED = ["oidc", "okta", "keycloak"]


def of(provider: str, folder: Path, **more: Any) -> dict[str, Any]:
    """Return the ``auth`` section for a provider, with an issuer where it needs one."""
    issuers = {
        "entra": "https://login.microsoftonline.com/1111/v2.0",
        "auth0": "https://example.eu.auth0.com",
        "cilogon": "https://idp.example.edu/idp/shibboleth",
    }
    if provider in DISCOVERED and "issuer" not in more:
        more["issuer"] = publish(folder)
    elif provider in issuers:
        more["issuer"] = issuers[provider]
    return oauth(provider, **more)


@pytest.mark.parametrize("provider", DISCOVERED)
def test_every_setting_is_one_that_exists(provider: str, tmp_path: Path) -> None:
    """Each setting is a trait of the class that reads it, and none is refused."""
    config = hub_of(of(provider, tmp_path, **EVERYONE, groups_claim="roles", scopes=["x"]))
    made = JupyterHub(config=config).authenticator_class
    known = made.class_trait_names(config=True)
    for section in ("GenericOAuthenticator", "Authenticator"):
        assert [name for name in config[section] if name not in known] == []
    assert login(of(provider, tmp_path, **EVERYONE)).allow_all


CLAIMS: dict[str, dict[str, Any]] = {
    "github": {"login": "Bob-B", "email": "bob@example.org"},
    "gitlab": {"nickname": "Bob.B", "sub": "17", "name": "Bob"},
    "google": {"email": "Bob@Example.org", "verified_email": True, "hd": "example.org"},
    "cilogon": {"idp": "https://idp.example.edu/idp/shibboleth", "email": "Bob@Example.org"},
    "entra": {"preferred_username": "Bob@Example.org", "oid": "00-11", "name": "Bob"},
    "auth0": {"email": "Bob@Example.org", "email_verified": True, "nickname": "bob"},
    "okta": {"preferred_username": "Bob@Example.org", "sub": "00u1"},
    "keycloak": {"preferred_username": "Bob.B", "sub": "f-1"},
    "oidc": {"email": "Bob@Example.org", "email_verified": True, "sub": "1"},
}
PAGES = {"https://api.github.com/user/teams": [], "https://api.github.com/user/orgs": []}
NAMES = {"github": "bob-b", "gitlab": "bob.b", "keycloak": "bob.b"}


def user_of(claims: dict[str, Any], **token: Any) -> Provider:
    """Return a provider with a user who has just logged in there."""
    return Provider(claims, {"aud": "client-2", "exp": int(time.time()) + 60, **token}, PAGES)


@pytest.mark.parametrize("provider", CLAIMS)
def test_names_are_readable_and_in_small_letters(provider: str, tmp_path: Path) -> None:
    """The name, not the id, whatever its case: so one person has one home folder."""
    user = enter(of(provider, tmp_path, **EVERYONE), user_of(CLAIMS[provider]))
    assert user is not None
    assert user["name"] == NAMES.get(provider, "bob@example.org")


@pytest.mark.parametrize(
    "provider", ["github", "gitlab", "entra", "okta", "keycloak", "oidc", "cilogon", "auth0"]
)
def test_another_claim_can_be_the_name(provider: str, tmp_path: Path) -> None:
    """With `username_claim` the preset's own claim is not looked at."""
    auth = of(provider, tmp_path, **EVERYONE, username_claim="uid")
    user = enter(auth, user_of({**CLAIMS[provider], "uid": "B.Bauer"}))
    assert user is not None
    assert user["name"] == "b.bauer"


@pytest.mark.parametrize("name", ["zoë", "o'neil", "a+b@example.org", "bob.b", "ünal@example.org"])
def test_odd_names_stay_what_they_are(name: str, tmp_path: Path) -> None:
    """Nothing is taken out of a name, so no two users become one."""
    claims = {"preferred_username": name.upper()}
    user = enter(of("keycloak", tmp_path, **EVERYONE), user_of(claims))
    assert user is not None
    assert user["name"] == name.upper().lower()


@pytest.mark.parametrize("provider", ["google", "oidc", "auth0"])
@pytest.mark.parametrize("verified", [False, None, "no"])
def test_an_address_must_be_verified(provider: str, verified: Any, tmp_path: Path) -> None:
    """Whoever only claims an address is refused, also where everyone may enter."""
    claims = {**CLAIMS[provider], "email_verified": verified, "verified_email": verified}
    with pytest.raises(HTTPError) as caught:
        enter(of(provider, tmp_path, **EVERYONE), user_of(claims))
    assert caught.value.status_code == 403


# --- groups ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "claims", "token"),
    [
        (None, {"groups": ["ml", "ops"]}, {}),
        (None, {}, {"groups": ["ml", "ops"]}),
        ("roles", {"roles": ["ml", "ops"], "groups": ["x"]}, {}),
        ("realm_access.roles", {"realm_access": {"roles": ["ml", "ops"]}}, {}),
        ("realm_access.roles", {}, {"realm_access": {"roles": ["ml", "ops"]}}),
        ("https://example.org/groups", {"https://example.org/groups": ["ml", "ops"]}, {}),
        (None, {"groups": ["ml", "ops", 7, None, "", {"id": 1}]}, {}),
    ],
)
@pytest.mark.parametrize("provider", ["oidc", "okta", "keycloak", "auth0", "gitlab"])
def test_groups_are_found_where_the_provider_puts_them(
    provider: str, claim: str | None, claims: dict[str, Any], token: dict[str, Any], tmp_path: Path
) -> None:
    """By any claim, within others, in the user info or else in the id token."""
    more = {"groups_claim": claim} if claim else {}
    auth = of(provider, tmp_path, allow={"groups": ["ml"]}, admin_groups=["ops"], **more)
    user = enter(auth, user_of({**CLAIMS[provider], **claims}, **token))
    assert user is not None
    assert (user["groups"], user["admin"]) == (["ml", "ops"], True)


@pytest.mark.parametrize("told", [None, [], "", 7, {"ml": True}, ["others"]])
def test_nobody_enters_by_a_claim_that_holds_no_such_group(told: Any, tmp_path: Path) -> None:
    """Whatever stands in it, it is no group unless it is the name of one."""
    auth = of("oidc", tmp_path, allow={"groups": ["ml"]}, admin_groups=["ops"])
    assert enter(auth, user_of({**CLAIMS["oidc"], "groups": told})) is None


def test_a_single_group_may_stand_alone(tmp_path: Path) -> None:
    """Some providers write one group as a text, which is not taken letter by letter."""
    auth = of("oidc", tmp_path, allow={"groups": ["ml"]})
    user = enter(auth, user_of({**CLAIMS["oidc"], "groups": "ml"}))
    assert user is not None
    assert user["groups"] == ["ml"]


@pytest.mark.parametrize("written", ["staff", "/staff"])
def test_keycloak_tells_paths(written: str, tmp_path: Path) -> None:
    """Its groups begin with a slash unless it is told otherwise; both are the same group."""
    auth = of("keycloak", tmp_path, allow={"groups": [written]}, admin_groups=[f"{written}/ops"])
    for told in (["/staff", "/staff/ops"], ["staff", "staff/ops"]):
        user = enter(auth, user_of({**CLAIMS["keycloak"], "groups": told}))
        assert user is not None
        assert (user["groups"], user["admin"]) == (["staff", "staff/ops"], True)


def test_cilogon_may_tell_groups_by_a_claim(tmp_path: Path) -> None:
    """Where the institution releases them, they count like those of any other."""
    auth = of("cilogon", tmp_path, allow={"groups": ["CO:ml"]}, groups_claim="isMemberOf")
    assert enter(auth, user_of({**CLAIMS["cilogon"], "isMemberOf": ["CO:ml"]}))
    assert enter(auth, user_of({**CLAIMS["cilogon"], "isMemberOf": ["CO:others"]})) is None


def test_an_old_id_token_says_nothing(tmp_path: Path) -> None:
    """Entra's tells who somebody is and their groups: after its hour it must be a new one."""
    auth = of("entra", tmp_path, allow={"groups": ["ml"]})
    old = user_of({**CLAIMS["entra"], "groups": ["ml"]}, exp=int(time.time()) - 3600)
    with pytest.raises(HTTPError, match="expired") as caught:
        enter(auth, old)
    assert caught.value.status_code == 403
    assert "offline_access" in login(auth).scope


# --- scopes ---------------------------------------------------------------------------


@pytest.mark.parametrize("provider", CLAIMS)
def test_further_scopes_are_asked_for(provider: str, tmp_path: Path) -> None:
    """Those of the preset stay, and none is asked for twice."""
    asked = login(of(provider, tmp_path, **EVERYONE)).scope
    more = login(of(provider, tmp_path, **EVERYONE, scopes=["extra", *asked])).scope
    assert more == [*asked, "extra"]


# --- discovery ------------------------------------------------------------------------


def refused(auth: dict[str, Any], provider: Provider) -> HTTPError:
    """Return how a login is refused."""
    with pytest.raises(HTTPError) as caught:
        enter(auth, provider)
    return caught.value


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"token_endpoint": None}, "`token_endpoint`"),
        ({"userinfo_endpoint": None}, "`userinfo_endpoint`"),
        ({"issuer": "https://evil.example.org"}, "https://evil.example.org"),
        ({"issuer": None}, "issuer"),
    ],
)
def test_an_unusable_document_is_said_and_guesses_nothing(
    document: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    """The hub starts, refuses the login, and its log says what is wrong with the document."""
    auth = of("oidc", tmp_path, issuer=publish(tmp_path, **document), **EVERYONE)
    said = refused(auth, user_of(CLAIMS["oidc"]))
    assert said.status_code == 503
    assert reason in str(said.log_message)
    assert reason not in str(said.reason)


def test_a_page_that_is_no_document_is_not_taken_for_one(tmp_path: Path) -> None:
    """A captive portal or an error page answers with something else."""
    issuer = publish(tmp_path)
    for text in ("<html>", "[]", '"text"', ""):
        (tmp_path / ".well-known" / "openid-configuration").write_text(text, encoding="utf-8")
        auth = of("oidc", tmp_path, issuer=issuer, **EVERYONE)
        assert refused(auth, user_of(CLAIMS["oidc"])).status_code == 503


def test_a_provider_that_was_down_is_asked_again(tmp_path: Path) -> None:
    """A hub that started without its provider lets people in as soon as it is back."""
    auth = of("oidc", tmp_path, issuer=tmp_path.as_uri(), **EVERYONE)
    made = login(auth)
    with pytest.raises(HTTPError):
        _ = made.authorize_url
    publish(tmp_path)
    assert made.authorize_url == f"{PROVIDER}/authorize"
    assert made.token_url == f"{PROVIDER}/token"


@pytest.mark.parametrize(
    ("methods", "basic"),
    [
        (None, False),
        (["client_secret_basic"], True),
        (["client_secret_post", "client_secret_basic"], False),
        (["client_secret_post"], False),
    ],
)
def test_the_hub_proves_itself_as_the_provider_wants(
    methods: list[str] | None, *, basic: bool, tmp_path: Path
) -> None:
    """In the header where that is all it takes; where it does not say, as most do."""
    issuer = publish(tmp_path, token_endpoint_auth_methods_supported=methods)
    assert login(of("oidc", tmp_path, issuer=issuer, **EVERYONE)).basic_auth is basic


# --- logout ---------------------------------------------------------------------------


@pytest.mark.parametrize("provider", [*DISCOVERED, "entra"])
@pytest.mark.parametrize("token", ["a.b.c", None])
def test_logout_ends_the_session_of_the_provider(
    provider: str, token: str | None, tmp_path: Path
) -> None:
    """The browser goes to its own address for that, says whose session it is, and comes back."""
    more = {}
    if provider in DISCOVERED:
        more["issuer"] = publish(tmp_path, end_session_endpoint=f"{PROVIDER}/end?x=1")
    made = login(of(provider, tmp_path, **EVERYONE, **more))
    address = urlsplit(made.logout_address(token))
    asked = {key: value for key, (value,) in parse_qs(address.query).items()}
    ends = {"entra": "https://login.microsoftonline.com/1111/oauth2/v2.0/logout"}
    assert f"https://{address.netloc}{address.path}" == ends.get(provider, f"{PROVIDER}/end")
    assert asked.pop("post_logout_redirect_uri") == BACK
    assert asked.pop("client_id") == "client-2"
    assert asked.pop("id_token_hint", None) == token
    assert asked == ({"x": "1"} if provider in DISCOVERED else {})


def test_auth0_comes_back_after_logout(tmp_path: Path) -> None:
    """Its own page for it is given the client and the way back."""
    made = login(of("auth0", tmp_path, **EVERYONE))
    address = urlsplit(made.logout_redirect_url)
    assert f"https://{address.netloc}{address.path}" == "https://example.eu.auth0.com/v2/logout"
    assert parse_qs(address.query) == {"client_id": ["client-2"], "returnTo": [BACK]}


@pytest.mark.parametrize("provider", ["github", "gitlab", "google", "cilogon", "oidc"])
def test_where_a_session_goes_on_it_is_said(provider: str, tmp_path: Path) -> None:
    """A provider without such an address leaves people logged in, which they are told."""
    made = login(of(provider, tmp_path, **EVERYONE))
    assert made.logout_redirect_url == ""
    assert made.logout_address("a.b.c") == ""
    handlers = dict(made.get_handlers(None))
    page = _page(handlers["/logout"], made)
    assert f"not of {made.logout['title']}" in page


def _page(handler: Any, made: Any) -> str:
    """Return what the logout page announces."""
    told: dict[str, str] = {}

    class Seen(handler):  # type: ignore[misc]
        authenticator = made
        id_token = None

        def __init__(self) -> None:
            """Stand without a request."""

        async def render_template(self, name: str, **about: str) -> str:
            told["page"] = f"{name}: {about['announcement_logout']}"
            return told["page"]

        def finish(self, text: str) -> None:
            assert text == told["page"]

    asyncio.run(Seen().render_logout_page())
    return told["page"]


def test_cognito_keeps_its_own_way_out() -> None:
    """The pool's logout address is not that of OpenID Connect."""
    assert "amazoncognito.com/logout" in login(COGNITO).logout_redirect_url
