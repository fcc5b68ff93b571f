"""Login ``oauth``: a provider that is there already."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import HubGroupsLogin
from jupyterhub_eks.config.secret_source import SecretSource

CLIENT_SECRET_VARIABLE: Final = "JHUB_CLIENT_SECRET"  # noqa: S105 - its name
"""Where the client secret is sought when the configuration does not say."""


class OAuthAuth(HubGroupsLogin):
    """An existing OAuth 2 or OpenID Connect provider."""

    type: Literal["oauth"] = Field(description="Login method.")
    admin_groups: tuple[str, ...] = Field(
        default=(),
        description="Groups of the provider whose members are hub administrators.",
        examples=[["admins"]],
    )
    provider: Literal[
        "github", "google", "gitlab", "okta", "entra", "auth0", "cilogon", "keycloak", "oidc"
    ] = Field(default="oidc", description="Preset of the provider; `oidc` works with any issuer.")
    issuer: str | None = Field(
        default=None,
        description="Issuer URL (https) for `oidc`, okta, entra, auth0 and keycloak; for cilogon "
        "the entity id of the institution; for github and gitlab the address of a server of "
        "your own.",
        examples=["https://login.example.org"],
    )
    client_id: str = Field(
        default="", description="Client id that the provider issued.", examples=["my-client-id"]
    )
    client_secret: SecretSource | None = Field(
        default=None,
        description="Where the client secret is. Unset: the environment variable "
        "`JHUB_CLIENT_SECRET`, or a prompt; a later deploy keeps what it finds.",
        examples=[{"secrets_manager": "my-hub/client-secret"}],
    )
    scopes: tuple[str, ...] = Field(
        default=(),
        description="Scopes to ask for besides those of the preset.",
        examples=[["offline_access"]],
    )
    username_claim: str | None = Field(
        default=None,
        min_length=1,
        description="Claim that is the user name. Unset: that of the preset. To change it gives "
        "every user another name, and another home folder.",
        examples=["preferred_username"],
    )
    groups_claim: str | None = Field(
        default=None,
        min_length=1,
        description="Claim that holds the groups, e.g. `realm_access.roles`. Unset: `groups`. "
        "Sought in the user info first, then in the id token.",
        examples=["roles"],
    )
