"""Login by a Cognito user pool, as settings of OAuthenticator 17.4."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.oauth import provider_values
from jupyterhub_eks.releases.z2jh.provider import Provider

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.releases.z2jh.inputs import CognitoClient

SCOPES: Final = ("openid", "email", "profile")
COGNITO: Final = Provider(
    authenticator="oauthenticator.generic.GenericOAuthenticator",
    title="Cognito",
    # The readable name; the pool knows its users by an opaque one (D6).
    config={"username_claim": "email"},
    scopes=SCOPES,
    name_is_address=True,
    groups_hook="cognito_groups",
)


def pool_provider(login_url: str) -> Provider:
    """Return a user pool as the hub speaks to it.

    Args:
        login_url: Base URL of its login page.
    """
    addresses = {
        "authorize_url": f"{login_url}/oauth2/authorize",
        "token_url": f"{login_url}/oauth2/token",
        "userdata_url": f"{login_url}/oauth2/userInfo",
    }
    return replace(COGNITO, config={**COGNITO.config, **addresses})


def cognito_values(auth: CognitoAuth, host: str, client: CognitoClient) -> dict[str, Any]:
    """Return the values for a user pool (facts 6.4).

    Args:
        auth: The ``auth`` section.
        host: Host name of the hub.
        client: The hub's client; what is secret in it is not used here.
    """
    back = quote(f"https://{host}/hub/login", safe="")
    provider = pool_provider(client.login_url)
    config = {
        **provider.config,
        "login_service": provider.title,
        "client_id": client.client_id,
        # Without it Cognito would let in again whoever has just logged out.
        "logout_redirect_url": (
            f"{client.login_url}/logout?client_id={client.client_id}&logout_uri={back}"
        ),
        "scope": list(provider.scopes),
    }
    values = provider_values(provider, auth, host, config)
    if not auth.existing:
        # As long as the pool renews a login; after that the hub would ask again anyway.
        session = {"JupyterHub": {"cookie_max_age_days": auth.session_days}}
        values = merge(values, {"hub": {"config": session}})
    if trusted := trusted_domains(auth):
        values = merge(values, {"custom": {"cognito": {"trustedDomains": trusted}}})
    return values


def trusted_domains(auth: CognitoAuth) -> dict[str, list[str]]:
    """Return the e-mail domains of which a provider's word is enough, by its name."""
    return {
        name: sorted(domain.lower() for domain in provider.email_domains)
        for name, provider in auth.identity_providers.items()
        if provider.email_domains
    }
