"""No claim is taken from an id token that is not of this login, by the hub or by a trial."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from tornado import web

from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.id_token import IdTokenCheck
from jupyterhub_eks.oidc.verdict import judge
from jupyterhub_eks.releases.z2jh.providers import provider_of
from tests.login.test_trial import (
    CALLBACK,
    CLIENT,
    DISCOVERED,
    ISSUERS,
    TENANT_ISSUER,
    begin,
    come_back,
    section,
    spoken_to,
)
from tests.support.dialects import INSTITUTION, Person
from tests.support.login_site import HOME
from tests.support.logins import enter, publish
from tests.support.provider import Provider, provider
from tests.support.running_hub import Provider as ToldBy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.support.browser import Browser
    from tests.support.login_site import Site

MIA = Person(name="mia", email="mia@lab.org", groups=("users",), about={"hd": "lab.org"})
OTHER = "https://other.example.org"
AZURE = "https://login.microsoftonline.com"
# What no provider may say, whichever it is.
WRONG: dict[str, dict[str, Any]] = {
    "another client's": {"aud": "another-client"},
    "nobody's": {"aud": None},
    "of a list without this client": {"aud": ["another", "third"]},
    "long past": {"exp": 1},
    "past by more than clocks differ": {"exp": int(time.time()) - 120},
    "without an end": {"exp": None},
    "with an end that is no number": {"exp": "4102444800"},
    "with an end that no clock comes to or passes": {"exp": float("nan")},
}
# Where the provider's own name is known.
FOREIGN = {"another issuer's": {"iss": OTHER}, "no issuer's": {"iss": ""}}
# Where user info has a subject.
STRANGER = {"somebody else's": {"sub": "eve"}, "of no subject": {"sub": None}}
KINDS = ("oidc", "okta", "keycloak", "auth0", "gitlab", "google", "entra", "cognito", "cilogon")
CASES = [
    *((kind, *each) for kind in KINDS for each in WRONG.items()),
    *((kind, *each) for kind in KINDS if kind != "cognito" for each in FOREIGN.items()),
    *(
        (kind, *each)
        for kind in KINDS
        if kind not in ("google", "entra")
        for each in STRANGER.items()
    ),
]


def section_of(kind: str) -> dict[str, Any]:
    """Return a section that lets everyone in."""
    known = {"type": "cognito"} if kind == "cognito" else {"type": "oauth", "provider": kind}
    return {**known, "allow": {"everyone": True}}


@pytest.fixture(scope="module")
def providers() -> Iterator[Callable[[str], Provider]]:
    """Return the provider of a kind, which knows somebody."""
    known: dict[str, Provider] = {}
    with ExitStack() as stack:

        def get(kind: str) -> Provider:
            if kind not in known:
                made = provider(kind, client=CLIENT, callback=CALLBACK)
                known[kind] = stack.enter_context(made)
                known[kind].enrol(MIA)
            return known[kind]

        yield get


def trial(there: Provider, **signed: Any) -> bool:
    """Return whether a trial lets somebody in whose id token says something besides."""
    auth, there.signed = section(section_of(there.kind)), signed
    login = begin(auth, there)
    try:
        return judge(auth, spoken_to(auth), login.finish(come_back(login, MIA.name))).allowed
    except PreflightError:
        return False


def hub(kind: str, issuer: str, told: Mapping[str, Any], **signed: Any) -> bool:
    """Return whether the real authenticator lets them in."""
    auth = section_of(kind)
    if kind != "cognito":
        named = {"issuer": issuer} if issuer else {}
        auth = {**auth, "client_id": CLIENT[0], "admins": ["root@lab.org"], **named}
    else:
        auth = {**auth, "admins": ["root@lab.org"]}
    try:
        return enter(auth, ToldBy(told, signed)) is not None
    except web.HTTPError as refused:
        if refused.status_code != 403:
            raise
        return False


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an issuer whose document the hub can read."""
    return publish(tmp_path_factory.mktemp("issuer"))


@pytest.mark.parametrize(("kind", "what", "signed"), CASES)
def test_token_that_is_not_of_this_login(
    kind: str,
    what: str,
    signed: dict[str, Any],
    providers: Callable[[str], Provider],
    published: str,
) -> None:
    """Whoever comes with it is refused by both, and enters by both with the right one."""
    assert what
    there = providers(kind)
    issuer = published if kind in DISCOVERED else ISSUERS.get(kind, "")
    told = {**MIA.claims, "sub": "mia", "verified_email": True, "idp": INSTITUTION}
    assert (trial(there), hub(kind, issuer, told)) == (True, True)
    assert (trial(there, **signed), hub(kind, issuer, told, **signed)) == (False, False)


@pytest.mark.parametrize(
    ("kind", "issuer", "signed", "enters"),
    [
        ("google", "", {"iss": "accounts.google.com"}, True),
        ("google", "", {"iss": "https://accounts.google.com"}, True),
        ("google", "", {"iss": "https://accounts.google.com.evil.net"}, False),
        ("auth0", ISSUERS["auth0"], {"iss": f"{ISSUERS['auth0']}/"}, True),
        ("entra", TENANT_ISSUER, {"iss": TENANT_ISSUER, "tid": "other"}, True),
        ("entra", TENANT_ISSUER, {"iss": f"{AZURE}/1111/v2.0", "tid": "1111"}, False),
        ("entra", f"{AZURE}/lab.org/v2.0", {"iss": f"{AZURE}/1111/v2.0", "tid": "1111"}, True),
        ("entra", f"{AZURE}/lab.org/v2.0", {"iss": f"{AZURE}/1111/v2.0", "tid": "2"}, False),
        ("entra", f"{AZURE}/lab.org/v2.0", {"iss": f"{OTHER}/1111/v2.0", "tid": "1111"}, False),
        (
            "entra",
            "https://lab.ciamlogin.com/lab.onmicrosoft.com/v2.0",
            {"iss": "https://1111.ciamlogin.com/1111/v2.0", "tid": "1111"},
            True,
        ),
        ("gitlab", "https://git.example.org/", {"iss": "https://git.example.org"}, True),
        ("gitlab", "", {"iss": "https://gitlab.com"}, True),
    ],
)
def test_names_of_a_provider(
    kind: str, issuer: str, signed: dict[str, Any], *, enters: bool
) -> None:
    """Some have two, and a tenant that is configured by its domain calls itself by its id."""
    told = {**MIA.claims, "sub": "mia", "verified_email": True}
    auth = OAuthAuth.model_validate(
        {**section_of(kind), "client_id": CLIENT[0], "issuer": issuer or None}
    )
    check = IdTokenCheck(client_id=CLIENT[0], issuers=provider_of(auth).issuers)
    claims = {"sub": "mia", "aud": CLIENT[0], "exp": 2**40, **signed}
    token = jwt.encode(claims, "k" * 32, algorithm="HS256")
    if enters:
        assert check.claims_of(token) == claims
    else:
        with pytest.raises(PreflightError, match="not of this provider"):
            check.claims_of(token)
    assert hub(kind, issuer, told, **signed) == enters


def test_refused_person_reads_why(
    shared_site: Callable[[Mapping[str, Any]], Site], browsers: Callable[[Site], Browser]
) -> None:
    """By the hub's own page, in words that tell nothing of the token; and nobody is logged in."""
    site = shared_site(section_of("keycloak"))
    site.enrol(MIA)
    try:
        for signed in ({"aud": "another-client"}, {"sub": "eve"}, {"iss": OTHER}, {"exp": 1}):
            site.idp.signed = dict(signed)
            browser = browsers(site)
            page = site.enter(browser, MIA.name)
            assert page.status_code == 403
            assert "answer is not valid for this hub" in page.text
            assert "another-client" not in page.text
            assert "/hub/login" in browser.get(HOME).url
    finally:
        site.idp.signed = {}
    assert site.enter(browsers(site), MIA.name).url.endswith(HOME)
