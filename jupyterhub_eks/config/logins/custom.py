"""Login ``custom``: a class of the user's own, or of a package."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import HubGroupsLogin
from jupyterhub_eks.config.secret_source import SecretSource


class CustomAuth(HubGroupsLogin):
    """Any authenticator of JupyterHub that is installed in the hub's image."""

    type: Literal["custom"] = Field(description="Login method.")
    authenticator: str = Field(
        description="Path of the class, `package.module.Class`. It must be in the image of the "
        "hub; `hub_values: {hub: {image: ...}}` sets another one.",
        examples=["ldapauthenticator.LDAPAuthenticator"],
    )
    config: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Settings by class, as in the hub's configuration. A value `{secret: NAME}` is "
        "filled in by the hub from `secrets`.",
        examples=[{"LDAPAuthenticator": {"server_address": "ldap.example.org"}}],
    )
    secrets: dict[str, SecretSource] = Field(
        default_factory=dict,
        description="Environment variables of the hub, and where their values are.",
        examples=[{"LDAP_PASSWORD": {"env": "LDAP_PASSWORD"}}],
    )
    has_groups: bool = Field(
        default=False,
        description="The class tells the groups of each user (`groups` in what it returns).",
    )
    admin_groups: tuple[str, ...] = Field(
        default=(),
        description="Groups of the provider whose members are hub administrators; needs "
        "`has_groups: true`.",
        examples=[["admins"]],
    )
