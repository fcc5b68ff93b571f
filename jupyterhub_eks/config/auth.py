"""The ``auth`` section: how people log in and who may."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section


class AllowRules(Section):
    """Who may log in. At least one rule is needed outside `dummy`."""

    users: tuple[str, ...] = Field(
        default=(), description="User names.", examples=[["alice@example.org"]]
    )
    groups: tuple[str, ...] = Field(
        default=(), description="Groups of the identity provider.", examples=[["users"]]
    )
    domains: tuple[str, ...] = Field(
        default=(),
        description="E-mail domains, e.g. `example.org`, all of whose users may log in.",
        examples=[["example.org"]],
    )
    everyone: bool = Field(
        default=False, description="Everyone whom the provider authenticates; must be written out."
    )

    @property
    def is_empty(self) -> bool:
        """Whether nobody would be let in."""
        return not (self.users or self.groups or self.domains or self.everyone)


class _AuthBase(Section):
    admins: tuple[str, ...] = Field(
        default=(),
        description="User names of hub administrators (e-mail addresses with `cognito`); they may "
        "always log in.",
        examples=[["alice@example.org"]],
    )
    allow: AllowRules = Field(
        default_factory=AllowRules, description="Who may log in besides the administrators."
    )


class DummyAuth(_AuthBase):
    """One shared password, for trials over port-forward only."""

    type: Literal["dummy"] = Field(description="Login method.")


class CognitoAuth(_AuthBase):
    """An Amazon Cognito user pool made for this hub.

    Its defaults are closed: the groups `users` and `admins` are made and empty, and
    nobody can register, so that nobody enters until an administrator adds them.
    """

    type: Literal["cognito"] = Field(description="Login method.")
    admin_groups: tuple[str, ...] = Field(
        default=("admins",),
        description="Groups of the pool whose members are hub administrators.",
    )
    allow: AllowRules = Field(
        default_factory=lambda: AllowRules(groups=("users",)),
        description="Who may log in besides the administrators. Unset: members of `users`.",
    )
    domain_prefix: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
        description="Prefix of the Cognito login page, unique in the region. Without it one is "
        "derived from deployment name and access domain.",
        examples=["my-hub"],
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups to make besides `users` and `admins`.",
        examples=[["students"]],
    )
    self_sign_up: bool = Field(
        default=False,
        description="Anyone may register. False: only an administrator adds users.",
    )
    mfa: Literal["off", "optional", "required"] = Field(
        default="optional", description="Second factor by authenticator app."
    )
    password_min_length: int = Field(
        default=12, ge=12, le=99, description="Fewest characters in a password."
    )


class OAuthAuth(_AuthBase):
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


class NativeAuth(_AuthBase):
    """Users sign up on the hub itself and an administrator approves them."""

    type: Literal["native"] = Field(description="Login method.")
    password_min_length: int = Field(
        default=12, ge=8, le=128, description="Fewest characters in a password."
    )


AuthConfig = Annotated[
    DummyAuth | CognitoAuth | OAuthAuth | NativeAuth, Field(discriminator="type")
]
