"""Login by a provider, as settings of OAuthenticator 17.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.hooks import hook
from jupyterhub_eks.releases.z2jh.providers import Provider, provider_of

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.config.logins.oauth import OAuthAuth


def oauth_values(auth: OAuthAuth, host: str) -> dict[str, Any]:
    """Return the values for an existing provider.

    Raises:
        ConfigError: The provider cannot do what the allow rules ask.
    """
    provider = provider_of(auth)
    return provider_values(provider, auth, host, {"client_id": auth.client_id, **provider.config})


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
    settings = {**config, "oauth_callback_url": f"https://{host}/hub/oauth_callback"}
    if provider.has_groups:
        settings |= {
            # Without it the two rules, and the groups of profiles, are refused.
            "manage_groups": True,
            "allowed_groups": list(auth.allow.groups),
            "admin_groups": list(auth.admin_groups),
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
    values: dict[str, Any] = {"hub": hub}
    if asked := _asked(provider, auth):
        values = merge({**values, "custom": {"login": asked}}, hook("oauth_login"))
    if provider.groups_hook:
        values = merge(values, hook(provider.groups_hook))
    return values


def _asked(provider: Provider, auth: CognitoAuth | OAuthAuth) -> dict[str, Any]:
    """Return what the hub asks beyond the authenticator (``hub-config/oauth_login.py``)."""
    asked: dict[str, Any] = {}
    if provider.discovery:
        asked["issuer"] = provider.discovery
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
