"""Login ``cognito``: a user pool of the hub's own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.logins.common import AllowRules, LoginBase


class CognitoAuth(LoginBase):
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
