"""Lead a login by a provider to its stand-in: addresses, client and what people have. Pure."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.preview.login_accounts import account_of, pool_of, tenant_of
from jupyterhub_eks.preview.provider.dialects import DIALECTS
from jupyterhub_eks.preview.provider.registration import Registration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.people import Person

_CLIENT: Final = "preview"
_PARENT: Final = "OAuthenticator"
# By class, for logins that the configuration describes itself.
_KINDS: Final = {
    "GenericOAuthenticator": "generic",
    "GitHubOAuthenticator": "github",
    "GoogleOAuthenticator": "google",
    "AzureAdOAuthenticator": "entra",
    "Auth0OAuthenticator": "auth0",
    "CILogonOAuthenticator": "cilogon",
}
_SHORT_NAMES: Final = {
    "generic-oauth": "GenericOAuthenticator",
    "github": "GitHubOAuthenticator",
    "google": "GoogleOAuthenticator",
    "azuread": "AzureAdOAuthenticator",
    "auth0": "Auth0OAuthenticator",
    "cilogon": "CILogonOAuthenticator",
}
# How each provider is told where to go after a logout, if not as the standard says.
_BACK: Final = {"cognito": "logout_uri", "auth0": "returnTo"}


def authenticator_class(values: Mapping[str, Any]) -> str:
    """Return the login that values name: the path of a class, or a short name."""
    config = values.get("hub", {}).get("config", {})
    return str(config.get("JupyterHub", {}).get("authenticator_class", ""))


def provider_kind(auth: AuthConfig, values: Mapping[str, Any]) -> str:
    """Return which provider has to be stood in for, as a key of ``DIALECTS``; empty: none."""
    by_class = _KINDS.get(_section(values), "")
    if not by_class:
        return ""
    if isinstance(auth, CognitoAuth):
        return "cognito"
    return auth.provider if isinstance(auth, OAuthAuth) else by_class


def lead_to_stand_in(
    kind: str,
    deployment: Deployment,
    values: dict[str, Any],
    *,
    provider_url: str,
    hub_url: str,
    people: Sequence[Person],
) -> Registration:
    """Lead the login of values to a stand-in, and return what that has to know.

    Args:
        kind: Key of ``DIALECTS``.
        deployment: What is previewed.
        values: Of the chart; changed.
        provider_url: Where the stand-in listens.
        hub_url: What people open.
        people: Who can log in.
    """
    auth = deployment.settings.auth
    config = values["hub"]["config"]
    section = _section(values)
    settings = config[section] = {**config.get(_PARENT, {}), **config.get(section, {})}
    asked = values.setdefault("custom", {}).setdefault("login", {})
    registration = Registration(
        kind=kind,
        title=_title(auth, asked, settings),
        client_id=str(settings.get("client_id") or _CLIENT),
        client_secret=secrets.token_urlsafe(32),
        callback=f"{hub_url}/hub/oauth_callback",
        back=f"{hub_url}/hub/login",
        issuer=_issuer(kind, deployment, asked, settings, provider_url),
        accounts=tuple(account_of(kind, person, deployment, asked, settings) for person in people),
    )
    settings.update(_addresses(registration, settings, asked, provider_url))
    _end_sessions_there(registration, settings, asked, provider_url)
    if "issuer" in asked:
        asked |= {"issuer": registration.issuer, "issuers": [registration.issuer]}
    return registration


def _section(values: Mapping[str, Any]) -> str:
    """Return the section of ``hub.config`` that the login's class reads."""
    named = authenticator_class(values)
    return _SHORT_NAMES.get(named, named.rpartition(".")[2])


def _title(auth: AuthConfig, asked: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    told = asked.get("logout", {}).get("title") or settings.get("login_service")
    if not told and isinstance(auth, OAuthAuth):
        told = PRESETS[auth.provider].title
    return str(told or "the identity provider")


def _issuer(
    kind: str,
    deployment: Deployment,
    asked: Mapping[str, Any],
    settings: Mapping[str, Any],
    provider_url: str,
) -> str:
    """Return what the stand-in calls itself: as the real one, unless that is where it is asked."""
    auth = deployment.settings.auth
    if isinstance(auth, CognitoAuth):
        region = deployment.settings.region
        return f"https://cognito-idp.{region}.amazonaws.com/{pool_of(auth, region)}"
    if "issuer" not in asked and (known := asked.get("issuers")):
        return str(known[0]).replace("{tenantid}", tenant_of(settings))
    return provider_url + DIALECTS[kind].issuer


def _addresses(
    registration: Registration,
    settings: Mapping[str, Any],
    asked: Mapping[str, Any],
    provider_url: str,
) -> dict[str, Any]:
    """Return what the login's class is to ask, and as whom."""
    told = registration.dialect
    found: dict[str, Any] = {
        "client_id": registration.client_id,
        "client_secret": registration.client_secret,
        "oauth_callback_url": registration.callback,
    }
    addresses = {"authorize_url": told.authorize, "token_url": told.token}
    if told.userinfo:
        addresses["userdata_url"] = told.userinfo
    # What is discovered stays to be discovered, unless it was written out.
    found |= {
        name: provider_url + path
        for name, path in addresses.items()
        if "issuer" not in asked or name in settings
    }
    if registration.kind == "github":
        found |= {"github_url": provider_url, "github_api": f"{provider_url}/api/v3"}
    return found


def _end_sessions_there(
    registration: Registration, settings: dict[str, Any], asked: dict[str, Any], provider_url: str
) -> None:
    end = provider_url + registration.dialect.logout
    if settings.get("logout_redirect_url"):
        name = _BACK.get(registration.kind, "post_logout_redirect_uri")
        query = urlencode({"client_id": registration.client_id, name: registration.back})
        settings["logout_redirect_url"] = f"{end}?{query}"
    if "logout" in asked:
        asked["logout"] = {**asked["logout"], "back": registration.back}
        if asked["logout"].get("endpoint"):
            asked["logout"]["endpoint"] = end
