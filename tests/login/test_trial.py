"""A login as ``jhub auth test`` does it says what the hub does."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oauthenticator.auth0 import Auth0OAuthenticator
from oauthenticator.cilogon import CILogonOAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.google import GoogleOAuthenticator
from tornado import web

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.callback import callback_on
from jupyterhub_eks.oidc.claims import Told
from jupyterhub_eks.oidc.endpoints import Endpoints, endpoints_of
from jupyterhub_eks.oidc.flow import Client, Login
from jupyterhub_eks.oidc.verdict import Verdict, judge
from jupyterhub_eks.releases.z2jh.cognito import pool_provider
from jupyterhub_eks.releases.z2jh.providers import provider_of
from tests.login.test_who_enters import CASES, Case, rules
from tests.support.browser import forms
from tests.support.dialects import INSTITUTION, Person
from tests.support.logins import enter, hub_of, publish
from tests.support.provider import Provider, provider
from tests.support.running_hub import Provider as ToldBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.releases.z2jh.provider import Provider as Spoken

CALLBACK = callback_on(8765)
CLIENT = ("client-1", "s3cret")
TENANT_ISSUER = "https://login.microsoftonline.com/5f1b0c52-1111-4222-8333-944455556666/v2.0"
ISSUERS = {
    "oidc": "https://login.example.org",
    "okta": "https://example.okta.com/oauth2/default",
    "keycloak": "https://login.example.org/realms/main",
    "auth0": "https://example.eu.auth0.com",
    "entra": TENANT_ISSUER,
    "cilogon": INSTITUTION,
}


def section(auth: Mapping[str, Any]) -> OAuthAuth | CognitoAuth:
    """Return a section as it is configured."""
    if auth["type"] == "cognito":
        return CognitoAuth.model_validate(auth)
    issuer = {"issuer": ISSUERS[auth["provider"]]} if auth["provider"] in ISSUERS else {}
    return OAuthAuth.model_validate({"client_id": CLIENT[0], **issuer, **auth})


def endpoints(there: Provider) -> Endpoints:
    """Return the addresses of a provider on loopback, which has no TLS."""
    told = there.dialect
    return Endpoints(
        authorize=there.url + told.authorize,
        token=there.url + told.token,
        userinfo=there.url + told.userinfo if told.userinfo else "",
        api=f"{there.url}/api/v3" if there.kind == "github" else "",
        basic="client_secret_post" not in told.proofs,
    )


def come_back(login: Login, name: str) -> dict[str, str]:
    """Log in at the provider, and return the parameters of the way back."""
    with requests.Session() as browser:
        page = browser.get(login.address, timeout=10)
        form = next(each for each in forms(page) if "sub" in each.fields)
        answer = browser.post(
            urljoin(page.url, form.action or page.url),
            data=form.fields | {"sub": name},
            allow_redirects=False,
            timeout=10,
        )
    address, _, query = answer.headers["Location"].partition("?")
    assert address == CALLBACK
    return dict(parse_qsl(query))


@pytest.fixture(scope="module")
def providers() -> Iterator[Callable[[str], Provider]]:
    """Return the provider of a kind, at which the callback of this machine is registered."""
    known: dict[str, Provider] = {}
    with ExitStack() as stack:

        def get(kind: str) -> Provider:
            if kind not in known:
                made = provider(kind, client=CLIENT, callback=CALLBACK)
                known[kind] = stack.enter_context(made)
            return known[kind]

        yield get


def spoken_to(auth: OAuthAuth | CognitoAuth, url: str = "") -> Spoken:
    """Return a provider as the hub speaks to it; a user pool by the address of its login page."""
    return pool_provider(url) if isinstance(auth, CognitoAuth) else provider_of(auth)


def begin(auth: OAuthAuth | CognitoAuth, there: Provider, secret: str = CLIENT[1]) -> Login:
    """Return a login that has not begun."""
    client = Client(id=CLIENT[0], secret=secret, callback=CALLBACK)
    if isinstance(auth, OAuthAuth) and not there.dialect.name:
        auth = auth.model_copy(update={"issuer": there.issuer})
    return Login(spoken_to(auth, there.url), endpoints(there), client)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_is_that_of_the_hub(case: Case, providers: Callable[[str], Provider]) -> None:
    """Name, groups, role and admission are those with which the real hub lets in, or refuses."""
    there, auth = providers(case.kind), section(rules(case.kind))
    there.enrol(case.person)
    login = begin(auth, there)
    verdict = judge(auth, spoken_to(auth), login.finish(come_back(login, case.person.name)))
    assert verdict.because
    if case.account is None:
        assert not verdict.allowed
    else:
        account = case.account
        assert verdict.allowed
        assert (verdict.name, verdict.admin) == (account.name, account.admin)
        assert verdict.groups == account.groups


def _hub(
    auth: Mapping[str, Any], claims: Mapping[str, Any], **signed: Any
) -> tuple[str, bool, list[str]] | None:
    """Return as whom the real authenticator lets somebody in.

    Args:
        auth: The ``auth`` section.
        claims: What the provider tells, by user info and id token.
        signed: What the id token says besides.
    """
    try:
        found = enter(dict(auth), ToldBy(claims, signed))
    except (web.HTTPError, ValueError, LookupError):
        return None
    return (found["name"], bool(found["admin"]), found.get("groups") or []) if found else None


def _ours(
    auth: Mapping[str, Any], claims: Mapping[str, Any], **signed: Any
) -> tuple[str, bool, list[str]] | None:
    kind = CognitoAuth if auth["type"] == "cognito" else OAuthAuth
    made = kind.model_validate(auth)
    told = Told(userinfo=dict(claims), id_token={**claims, **signed})
    verdict = judge(made, spoken_to(made), told)
    assert verdict.because
    return (verdict.name, verdict.admin, list(verdict.groups)) if verdict.allowed else None


DISCOVERED = ("oidc", "okta", "keycloak")
NAMES = (
    "ann@lab.org",
    "Ann@Lab.org",
    "bob@other.org",
    "ann",
    "a/b@lab.org",
    "an\N{KELVIN SIGN}@lab.org",
    "ann\n@lab.org",
    "ann\x1b[1A@lab.org",
    "ann\u202e@lab.org",
    f"{'a' * 247}@lab.org",
    f"{'a' * 248}@lab.org",
    "\N{CYRILLIC SMALL LETTER A}" * 130 + "@lab.org",
    "",
)
GROUPS = ("users", "ops", "/users", "others", "invited", "hub-admins")
some = st.lists(st.sampled_from(GROUPS), unique=True, max_size=2)


@st.composite
def logins(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a section that is valid, and claims of somebody."""
    kind = draw(st.sampled_from(("oidc", "okta", "keycloak", "auth0", "entra", "gitlab", "google")))
    name = st.sampled_from(("ann@lab.org", "bob@other.org", "ann"))
    names = st.lists(name, unique=True, max_size=1)
    tells = kind != "google"
    allow = {
        "users": draw(names),
        "groups": draw(some) if tells else [],
        "domains": draw(st.sampled_from(([], ["lab.org"], ["Lab.org", "x.org"]))),
        "pattern": draw(st.sampled_from((None, "ann.*", "[a-z]+"))),
        "everyone": draw(st.booleans()) and draw(st.booleans()),
    }
    auth = {
        "type": "oauth",
        "provider": kind,
        "client_id": "client-2",
        "admins": draw(names),
        "block": draw(names),
        "allow": allow,
        **({"admin_groups": draw(some)} if tells else {}),
        **({"issuer": ISSUERS[kind]} if kind in ISSUERS else {}),
    }
    if tells and draw(st.booleans()):
        auth["groups_claim"] = "realm_access.roles"
    told: dict[str, Any] = {"id": "7", "sub": "7"}
    for claim in ("email", "preferred_username", "nickname"):
        if (value := draw(st.sampled_from(NAMES))) or claim == "email":
            told[claim] = value
    told["email"] = told["email"] or "x@y.org"
    for claim in ("email_verified", "verified_email"):
        told |= draw(st.sampled_from(({claim: True}, {claim: False}, {claim: "true"}, {})))
    told |= draw(st.sampled_from(({"hd": "lab.org"}, {})))
    groups = draw(st.one_of(some, st.sampled_from(GROUPS), st.just(None), st.just(3)))
    told |= draw(st.sampled_from(({"groups": groups}, {"realm_access": {"roles": groups}}, {})))
    return auth, told


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an issuer whose document the hub can read."""
    return publish(tmp_path_factory.mktemp("issuer"))


@given(login=logins())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rules_are_those_of_the_real_authenticators(
    published: str, login: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """Whatever is configured and whatever is told, the same person enters as the same."""
    auth, told = login
    there = {"issuer": published} if auth["provider"] in DISCOVERED else {}
    assert _ours(auth, told) == _hub({**auth, **there}, told)


POOL = "us-west-2_AbCdEf123"
BEHIND = {
    "Corp": {"saml": {"metadata_url": "https://c.example.org/m"}, "email_domains": ["Lab.org"]},
    "Partner": {
        "oidc": {"issuer": "https://p.example.org", "client_id": "c", "client_secret": {"env": "P"}}
    },
    "Uni": {"saml": {"metadata_url": "https://u.example.org/m"}, "email_domains": ["other.org"]},
}


@st.composite
def pool_logins(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return a section for a user pool, and user info and id token of somebody."""
    name = st.sampled_from(("ann@lab.org", "bob@other.org", "Ann@Lab.org"))
    names = st.lists(name, unique=True, max_size=1)
    group = st.sampled_from(("users", "ops", "Corp", "invited", "hub-admins"))
    groups = st.lists(group, unique=True, max_size=2)
    allow = {
        "users": draw(names),
        "groups": draw(groups),
        "domains": draw(st.sampled_from(([], ["Lab.org"], ["lab.org", "x.org"]))),
        "pattern": draw(st.sampled_from((None, "ann.*", "[a-z]+"))),
        "everyone": draw(st.booleans()) and draw(st.booleans()),
    }
    behind = draw(st.lists(st.sampled_from(sorted(BEHIND)), unique=True))
    auth = {
        "type": "cognito",
        "admins": draw(names),
        "block": draw(names),
        "allow": allow,
        "admin_groups": draw(groups),
        "identity_providers": {each: BEHIND[each] for each in behind},
    }
    told: dict[str, Any] = {"sub": "7"}
    told |= draw(st.sampled_from(({"email": "ann@lab.org"}, {"email": "Bob@Other.org"}, {})))
    told |= draw(
        st.sampled_from(
            ({"email_verified": "true"}, {"email_verified": "false"}, {"email_verified": True}, {})
        )
    )
    signed: dict[str, Any] = {"iss": f"https://cognito-idp.us-west-2.amazonaws.com/{POOL}"}
    ways = draw(st.lists(st.sampled_from((*sorted(BEHIND), "Gone")), unique=True, max_size=2))
    own = [f"{POOL}_{each}" for each in ways]
    if found := [*draw(groups), *own]:
        signed["cognito:groups"] = found
    if ways:
        signed["identities"] = [{"providerName": each, "userId": "7"} for each in ways]
    return auth, told, signed


@given(login=pool_logins())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rules_of_a_user_pool_are_those_of_the_hub(
    login: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
) -> None:
    """By whichever providers behind the pool somebody comes, and whatever they say of them."""
    auth, told, signed = login
    assert _ours(auth, told, **signed) == _hub(auth, told, **signed)


def test_pool_is_asked_where_the_hub_asks_it(providers: Callable[[str], Provider]) -> None:
    """Login page, tokens and user info are beneath the address of the login page."""
    there, auth = providers("cognito"), section(rules("cognito"))
    assert endpoints_of(auth, spoken_to(auth, there.url)) == endpoints(there)
    config = hub_of(rules("cognito")).GenericOAuthenticator
    known = endpoints_of(auth, spoken_to(auth, config.authorize_url.partition("/oauth2/")[0]))
    assert known.authorize == config.authorize_url
    assert known.token == config.token_url
    assert known.userinfo == config.userdata_url
    assert spoken_to(auth).scopes == tuple(config.scope)


def test_refusal_by_a_pool_names_no_group_of_the_hub() -> None:
    """Whoever may enter is in the pool; the hub lets nobody else in."""
    auth = section(rules("cognito"))
    told = Told(userinfo={"email": "eve@example.org", "email_verified": "true"})
    assert judge(auth, spoken_to(auth), told) == Verdict(
        name="eve@example.org", because=("no rule of `allow` fits them",)
    )


def test_address_that_a_provider_may_not_vouch_for() -> None:
    """The provider and the key are named, not only that the address is not verified."""
    auth = CognitoAuth.model_validate(
        {"type": "cognito", "identity_providers": BEHIND, "allow": {"everyone": True}}
    )
    told = Told(
        userinfo={"email": "ann@elsewhere.org", "email_verified": "true"},
        id_token={"identities": [{"providerName": "Corp"}]},
    )
    (why,) = judge(auth, spoken_to(auth), told).because
    assert "came by `Corp`, whose word counts for its `email_domains` only" in why


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("github", lambda _: GitHubOAuthenticator()),
        ("google", lambda _: GoogleOAuthenticator()),
        ("auth0", lambda config: Auth0OAuthenticator(auth0_domain=config["auth0_domain"])),
        ("cilogon", lambda config: CILogonOAuthenticator(idps=config["idps"])),
    ],
)
def test_addresses_are_those_of_the_real_authenticators(
    kind: str, made: Callable[[Mapping[str, Any]], Any]
) -> None:
    """Of providers that have one address in the world, the classes know it."""
    auth = section({"type": "oauth", "provider": kind})
    known, real = endpoints_of(auth, provider_of(auth)), made(provider_of(auth).config)
    assert known.authorize == real.authorize_url
    assert known.token == real.token_url
    assert known.userinfo == real.userdata_url
    assert known.basic == real.basic_auth
    assert known.api == getattr(real, "github_api", "")


@pytest.fixture
def keycloak(providers: Callable[[str], Provider]) -> tuple[OAuthAuth, Provider]:
    """Return a provider with somebody who may enter."""
    there = providers("keycloak")
    there.enrol(Person(name="alice", email="alice@example.org"))
    auth = {"type": "oauth", "provider": "keycloak", "allow": {"everyone": True}}
    return section(auth), there


def test_each_login_has_a_state_and_a_challenge(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """They differ from login to login; the secret is not in the address."""
    first, second = (dict(parse_qsl(urlsplit(begin(*keycloak).address).query)) for _ in range(2))
    assert first["code_challenge_method"] == "S256"
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]
    assert CLIENT[1] not in first.values()


def test_answer_of_another_login(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """It is refused before its code is used."""
    mine, other = begin(*keycloak), begin(*keycloak)
    before = len(keycloak[1].tokens_asked)
    with pytest.raises(PreflightError, match="not that of this login"):
        mine.finish(come_back(other, "alice"))
    assert len(keycloak[1].tokens_asked) == before


def test_secret_that_is_another(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """The secret is what is spoken of, and it is not shown."""
    login = begin(*keycloak, secret="wr0ng")
    with pytest.raises(PreflightError, match="does not redeem") as caught:
        login.finish(come_back(login, "alice"))
    assert "client secret" in caught.value.hint
    assert "wr0ng" not in f"{caught.value.cause}{caught.value.hint}"


def test_login_that_was_declined(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """What the provider says is told in one line, whatever is in it."""
    login = begin(*keycloak)
    came = {"error": "access_denied", "error_description": "no\x1b[31m way\nhere"}
    with pytest.raises(PreflightError, match="not that of this login"):
        login.finish(came)
    with pytest.raises(PreflightError, match="refuses the login") as caught:
        login.finish({**came, "state": login.state})
    assert caught.value.cause == "access_denied: no [31m way here"


def test_way_back_without_a_code(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """The flow is what is wrong then."""
    login = begin(*keycloak)
    with pytest.raises(PreflightError, match="without a code"):
        login.finish({"state": login.state})


def test_provider_that_is_down(keycloak: tuple[OAuthAuth, Provider]) -> None:
    """A fault of the provider is told as one."""
    login = begin(*keycloak)
    came = come_back(login, "alice")
    with keycloak[1].failing(), pytest.raises(PreflightError, match="does not redeem") as caught:
        login.finish(came)
    assert caught.value.cause == "status 503"


def test_provider_that_is_gone() -> None:
    """The address that was asked is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        auth = section({"type": "oauth", "provider": "keycloak"})
        client = Client(id="c", secret="s", callback=CALLBACK)
        there = Endpoints(authorize=f"{gone}/a", token=f"{gone}/t", userinfo=f"{gone}/u")
        login = Login(provider_of(auth), there, client)
        state = dict(parse_qsl(urlsplit(login.address).query))["state"]
        with pytest.raises(PreflightError, match=f"{gone}/t cannot be reached"):
            login.finish({"state": state, "code": "c"})


def test_refusal_names_what_only_the_hub_knows() -> None:
    """Whoever was invited, or is in a group that the hub keeps, may enter all the same."""
    auth = section(
        {"type": "oauth", "provider": "google", "groups": ["ml"], "allow": {"groups": ["ml"]}}
    )
    told = Told(userinfo={"email": "ann@lab.org", "verified_email": True})
    verdict = judge(auth, provider_of(auth), told)
    assert verdict == Verdict(
        name="ann@lab.org",
        because=("no rule of `allow` fits them",),
        unless=(
            "the hub has them in its group `ml`",
            "the hub has them in its group `invited` (`jhub users add`)",
            "the hub has them in its group `hub-admins` (`jhub users add`)",
        ),
    )
