"""Login by a provider, as settings of OAuthenticator 17.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.providers import provider_of

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.config.logins.oauth import OAuthAuth
    from jupyterhub_eks.releases.z2jh.provider import Provider


def callback_url(host: str) -> str:
    """Return where a provider sends the browser after a login."""
    return f"https://{host}/hub/oauth_callback"


def return_url(host: str) -> str:
    """Return where a provider sends the browser after a logout."""
    return f"https://{host}/hub/login"


def oauth_values(auth: OAuthAuth, host: str) -> dict[str, Any]:
    """Return the values for an existing provider.

    Raises:
        ConfigError: The provider cannot do what the allow rules ask.
    """
    provider = provider_of(auth)
    config = {"client_id": auth.client_id, "scope": list(provider.scopes), **provider.config}
    if provider.logout_page:
        # Else the class sends whoever logs out to a page without a way back.
        config["logout_redirect_url"] = provider.logout_page.format(
            client_id=quote(auth.client_id, safe=""), back=quote(return_url(host), safe="")
        )
    values = provider_values(provider, auth, host, config)
    logout = {"back": return_url(host), "title": provider.title}
    if provider.end_session:
        logout["endpoint"] = provider.end_session
    values = merge(values, {"custom": {"login": {"logout": logout}}})
    return merge(values, hook("oauth_logout"))


def provider_values(
    provider: Provider, auth: CognitoAuth | OAuthAuth, host: str, config: dict[str, Any]
) -> dict[str, Any]:
    """Return the values for a provider.

    Args:
        provider: What is particular to it.
        auth: The ``auth`` section.
        host: Host name of the hub.
        config: Settings of the authenticator, besides callback and groups.
    """
    section = provider.authenticator.rpartition(".")[2]
    settings = {**config, "oauth_callback_url": callback_url(host)}
    if provider.has_groups:
        settings |= {
            # Without it the two rules, and the groups of profiles, are refused.
            "manage_groups": True,
            "allowed_groups": list(_groups(provider, auth.allow.groups)),
            "admin_groups": list(_groups(provider, auth.admin_groups)),
        }
    hub: dict[str, Any] = {
        "config": {
            "JupyterHub": {"authenticator_class": provider.authenticator},
            # Keeps what the provider said, encrypted, so that a login can be renewed and
            # a removed member loses access.
            "Authenticator": {"enable_auth_state": True},
            section: settings,
        }
    }
    values = {"hub": hub, "custom": {"login": _asked(provider, auth)}}
    own = (provider.groups_hook, "oauth_discovery" if provider.discovery else "")
    hooks = ["oauth_id_token", "oauth_login", *own]
    for name in filter(None, hooks):
        values = merge(values, hook(name))
    return values


def _groups(provider: Provider, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return groups as the hub will know them (``hub-config/oauth_login.py``)."""
    return tuple(name.removeprefix("/") for name in names) if provider.rooted_groups else names


def _asked(provider: Provider, auth: CognitoAuth | OAuthAuth) -> dict[str, Any]:
    """Return what the hub asks beyond the authenticator (``hub-config/oauth_login.py``)."""
    asked: dict[str, Any] = {}
    if provider.discovery:
        asked["issuer"] = provider.discovery
    if provider.issuers:
        asked["issuers"] = list(provider.issuers)
    if provider.groups_claim and provider.has_groups:
        asked["groupsClaim"] = provider.groups_claim
    if provider.rooted_groups:
        asked["rootedGroups"] = True
    if provider.identified_by_token:
        asked["identifiedByToken"] = True  # ``hub-config/oauth_id_token.py``, as the issuers
    if provider.name_is_address:
        asked["nameIsAddress"] = True
    if auth.allow.domains:
        asked |= {
            "domains": sorted(domain.lower() for domain in auth.allow.domains),
            "domainClaim": provider.domain_claim,
        }
    if provider.verified_claim and (provider.name_is_address or auth.allow.domains):
        asked["verifiedClaim"] = provider.verified_claim
    return asked
