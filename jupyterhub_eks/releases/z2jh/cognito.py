"""Login by the deployment's own Cognito user pool, as settings of OAuthenticator 17.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from jupyterhub_eks.releases.z2jh.oauth import provider_values
from jupyterhub_eks.releases.z2jh.providers import Provider

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.releases.z2jh.inputs import CognitoClient

COGNITO: Final = Provider(
    authenticator="oauthenticator.generic.GenericOAuthenticator",
    name_is_address=True,
    groups_hook="cognito_groups",
)


def cognito_values(auth: CognitoAuth, host: str, client: CognitoClient) -> dict[str, Any]:
    """Return the values for the deployment's own user pool (facts 6.4).

    Args:
        auth: The ``auth`` section.
        host: Host name of the hub.
        client: The hub's client; what is secret in it is not used here.
    """
    back = quote(f"https://{host}/hub/login", safe="")
    config = {
        "login_service": "Cognito",
        "client_id": client.client_id,
        "authorize_url": f"{client.login_url}/oauth2/authorize",
        "token_url": f"{client.login_url}/oauth2/token",
        "userdata_url": f"{client.login_url}/oauth2/userInfo",
        "logout_redirect_url": (
            f"{client.login_url}/logout?client_id={client.client_id}&logout_uri={back}"
        ),
        "scope": ["openid", "email", "profile"],
        # The readable name; the pool knows its users by an opaque one (D6).
        "username_claim": "email",
    }
    return provider_values(COGNITO, auth, host, config)
