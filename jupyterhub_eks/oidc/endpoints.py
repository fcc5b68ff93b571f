"""Where a provider is asked, as the hub's own login asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.discovery import Wanted, discover
from jupyterhub_eks.oidc.fetching import fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.config.logins.oauth import OAuthAuth
    from jupyterhub_eks.oidc.fetching import Answer
    from jupyterhub_eks.releases.z2jh.provider import Provider

# Defaults of OAuthenticator 17.4, which a test compares.
_GOOGLE: Final = "https://www.googleapis.com/oauth2"
_CILOGON: Final = "https://cilogon.org"
_GITHUB: Final = "https://github.com"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """Addresses of a provider.

    Attributes:
        authorize: Where people log in.
        token: Where the code is redeemed.
        userinfo: Where claims are told; empty: the id token has them.
        api: GitHub's API; empty with others.
        basic: Whether the client's secret goes into a header, not into the form.
    """

    authorize: str
    token: str
    userinfo: str = ""
    api: str = ""
    basic: bool = False


def endpoints_of(
    auth: OAuthAuth | CognitoAuth, provider: Provider, ask: Callable[[str], Answer] = fetch
) -> Endpoints:
    """Return where the hub would ask.

    Args:
        auth: The ``auth`` section.
        provider: The same, as the hub speaks to it.
        ask: Fetches an address.

    Raises:
        PreflightError: The provider's own document cannot be used.
    """
    if provider.discovery:
        return _published(provider.discovery, ask)
    if isinstance(auth, CognitoAuth):
        return _configured(provider.config)
    known = _KNOWN.get(auth.provider, _configured)
    return known(provider.config)


def _configured(config: Mapping[str, Any]) -> Endpoints:
    return Endpoints(
        authorize=config["authorize_url"],
        token=config["token_url"],
        userinfo=config.get("userdata_url", ""),
    )


def _github(config: Mapping[str, Any]) -> Endpoints:
    base = config["github_url"]
    api = "https://api.github.com" if base == _GITHUB else f"{base}/api/v3"
    return Endpoints(
        authorize=f"{base}/login/oauth/authorize",
        token=f"{base}/login/oauth/access_token",
        userinfo=f"{api}/user",
        api=api,
    )


def _google(_: Mapping[str, Any]) -> Endpoints:
    return Endpoints(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token=f"{_GOOGLE}/v4/token",
        userinfo=f"{_GOOGLE}/v1/userinfo",
    )


def _cilogon(_: Mapping[str, Any]) -> Endpoints:
    return Endpoints(
        authorize=f"{_CILOGON}/authorize",
        token=f"{_CILOGON}/oauth2/token",
        userinfo=f"{_CILOGON}/oauth2/userinfo",
    )


def _auth0(config: Mapping[str, Any]) -> Endpoints:
    base = f"https://{config['auth0_domain']}"
    return Endpoints(
        authorize=f"{base}/authorize", token=f"{base}/oauth/token", userinfo=f"{base}/userinfo"
    )


_KNOWN: Final[dict[str, Callable[[Mapping[str, Any]], Endpoints]]] = {
    "github": _github,
    "google": _google,
    "cilogon": _cilogon,
    "auth0": _auth0,
}


def _published(issuer: str, ask: Callable[[str], Answer]) -> Endpoints:
    found = discover(issuer, Wanted(), ask)
    fault = next((each for each in found.faults if each.severity == "error"), None)
    if fault:
        raise PreflightError(
            "the login provider cannot be used", cause=fault.message, hint=fault.hint
        )
    document = found.document
    return Endpoints(
        authorize=document["authorization_endpoint"],
        token=document["token_endpoint"],
        userinfo=document["userinfo_endpoint"],
        basic=_wants_header(document),
    )


def _wants_header(document: dict[str, Any]) -> bool:
    # In the header only where it takes nothing else; those that do not say mostly take both.
    known = document.get("token_endpoint_auth_methods_supported") or []
    return "client_secret_basic" in known and "client_secret_post" not in known
