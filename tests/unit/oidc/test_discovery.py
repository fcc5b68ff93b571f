"""What is said of a provider's discovery document: each fault a sentence, with its remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.oidc.discovery import WELL_KNOWN, Wanted, discover
from jupyterhub_eks.oidc.fetching import Answer, UnreachableError

if TYPE_CHECKING:
    from jupyterhub_eks.oidc.discovery import Discovery

ISSUER = "https://login.example.org"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/me",
    "jwks_uri": f"{ISSUER}/keys",
    "response_types_supported": ["code", "id_token"],
    "scopes_supported": ["openid", "email"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "grant_types_supported": ["authorization_code"],
    "claims_supported": ["sub", "email"],
}
WANTED = Wanted(scopes=("openid", "email"), name_claim="email")


def asked(document: Any, *, status: int = 200, issuer: str = ISSUER) -> Discovery:
    """Return what is found where a document is published."""

    def ask(url: str) -> Answer:
        assert url == issuer.rstrip("/") + WELL_KNOWN
        text = document if isinstance(document, str) else json.dumps(document)
        return Answer(status=status, body=text.encode(), url=url)

    return discover(issuer, WANTED, ask)


def without(*names: str) -> dict[str, Any]:
    """Return a document that does not say some things."""
    return {name: value for name, value in GOOD.items() if name not in names}


def test_a_document_that_fits_has_no_faults() -> None:
    """Also where it says no more than it must, and with a slash at the end of the issuer."""
    lists = [name for name in GOOD if name.endswith("_supported")]

    assert asked(GOOD).faults == ()
    assert asked(without(*lists)).faults == ()
    assert asked({**GOOD, "issuer": f"{ISSUER}/"}).faults == ()
    assert asked(GOOD, issuer=f"{ISSUER}/").faults == ()


@pytest.mark.parametrize(
    ("change", "said", "hint"),
    [
        ({"issuer": "https://other.example.org"}, "calls itself", "https://other.example.org"),
        ({"issuer": None}, "lacks `issuer`", "console"),
        ({"token_endpoint": None}, "lacks `token_endpoint`", "switch it on"),
        ({"userinfo_endpoint": ""}, "lacks `userinfo_endpoint`", "switch it on"),
        ({"token_endpoint": "http://x.org/token"}, "`http://x.org/token`, which is", "https"),
        ({"end_session_endpoint": "http://x.org/"}, "`end_session_endpoint`", "https"),
        ({"response_types_supported": ["id_token"]}, "response type `code`", "code flow"),
        ({"grant_types_supported": ["implicit"]}, "`authorization_code`", "code flow"),
        (
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
            "no client secret",
            "client_secret_post",
        ),
        ({"scopes_supported": ["email"]}, "scope `openid`", "add it"),
    ],
)
def test_each_fault_is_an_error_with_its_remedy(
    change: dict[str, Any], said: str, hint: str
) -> None:
    """What keeps people from logging in is an error, and nothing else is said."""
    (fault,) = asked({**GOOD, **change}).faults
    assert said in fault.message
    assert hint in fault.hint
    assert fault.severity == "error"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
        ({"scopes_supported": ["openid"]}, "scope `email`"),
        ({"claims_supported": ["sub"]}, "claim `email`"),
    ],
)
def test_what_may_still_work_is_a_warning(change: dict[str, Any], said: str) -> None:
    """Lists of scopes and claims are often not whole."""
    (fault,) = asked({**GOOD, **change}).faults
    assert said in fault.message
    assert fault.severity == "warning"


def test_all_faults_are_told_at_once() -> None:
    """Nobody corrects one to read of the next."""
    faults = asked(without("token_endpoint") | {"issuer": "https://x.org"}).faults
    assert len(faults) == 2


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("<!doctype html><title>Sign in</title>", 200, "a web page (status 200)"),
        ("<html>Not Found</html>", 404, "a web page (status 404)"),
        ('{"error": "not found"}', 404, "there is nothing (status 404)"),
        ("[]", 200, "no JSON object"),
        ("issuer=x", 200, "no JSON object"),
        ("", 403, "status 403"),
        ("down", 503, "a fault of its own (status 503)"),
    ],
)
def test_what_is_no_document_is_told_by_what_it_is(text: str, status: int, said: str) -> None:
    """One sentence; the address that was asked stands in it."""
    (fault,) = asked(text, status=status).faults
    assert said in fault.message
    assert WELL_KNOWN in fault.message
    assert fault.hint


@pytest.mark.parametrize(
    ("issuer", "hint"),
    [
        ("https://lab.okta.com", "issuer: https://lab.okta.com/oauth2/default"),
        ("https://login.microsoftonline.com/1-2", "login.microsoftonline.com/1-2/v2.0"),
        ("https://login.example.org/realms/none", "with its path"),
    ],
)
def test_hint_knows_what_is_often_left_out(issuer: str, hint: str) -> None:
    """The part of the path that consoles do not show beside the domain."""
    (fault,) = asked("{}", status=404, issuer=issuer).faults
    assert hint in fault.hint


def test_who_cannot_be_reached_is_not_called_wrong() -> None:
    """It may be this machine that is not let out."""

    def ask(_: str) -> Answer:
        raise UnreachableError("there is no host of the name login.example.org")

    (fault,) = discover(ISSUER, WANTED, ask).faults
    assert "cannot be reached: there is no host" in fault.message
    assert "proxy" in fault.hint
