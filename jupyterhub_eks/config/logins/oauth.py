"""Login ``oauth``: a provider that is there already."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import LoginBase


class OAuthAuth(LoginBase):
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
        description="Issuer URL (https) for `oidc`, okta, entra, auth0 and keycloak.",
        examples=["https://login.example.org"],
    )
    client_id: str = Field(
        default="", description="Client id that the provider issued.", examples=["my-client-id"]
    )
