"""Login ``cognito``: a user pool of the hub's own, or one that is there already."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.logins.common import AllowRules, LoginBase
from jupyterhub_eks.config.logins.federation import (
    IdentityProvider,
)

# A week: as long as a server may live by default, so that nobody logs in twice for one.
SESSION_DAYS = 7


# That are made whatever `auth.groups` says.
_ALWAYS_MADE = ("users", "admins")


class ExistingPool(Section):
    """A user pool and its app client that somebody else has made."""

    user_pool_id: str = Field(
        pattern=r"^[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+$",
        description="Id of the user pool, in the deployment's region.",
        examples=["us-west-2_AbCdEf123"],
    )
    client_id: str = Field(
        min_length=1,
        max_length=128,
        description="Id of an app client with a secret and the code flow. It must allow the hub's "
        "addresses `/hub/oauth_callback` (callback) and `/hub/login` (sign-out), with https.",
        examples=["1example23456789abcdefghijk"],
    )


class CognitoAuth(LoginBase):
    """An Amazon Cognito user pool made for this hub, or an existing one.

    Its defaults are closed: the groups `users` and `admins` are made and empty, and
    nobody can register, so that nobody enters until an administrator adds them.
    """

    type: Literal["cognito"] = Field(description="Login method.")
    existing: ExistingPool | None = Field(
        default=None,
        description="Use a pool that is there already; nothing in it is made or changed.",
    )
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
    custom_domain: str | None = Field(
        default=None,
        description="Host name of your own for the login page, in place of Cognito's. Its parent "
        "domain must have an address record already.",
        examples=["login.example.org"],
    )
    custom_domain_certificate_arn: str | None = Field(
        default=None,
        description="ACM certificate of `custom_domain`, in us-east-1 whatever the region.",
        examples=[
            "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
        ],
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups to make besides `users` and `admins`.",
        examples=[["students"]],
    )
    identity_providers: dict[str, IdentityProvider] = Field(
        default_factory=dict,
        description="Providers whose users log in through the pool, by name: 3 to 32 letters, "
        "digits and hyphens. The name is also a group, of all who come by this provider.",
        examples=[
            {
                "University": {
                    "saml": {"metadata_url": "https://idp.example.org/metadata.xml"},
                    "email_domains": ["example.org"],
                }
            }
        ],
    )
    pool_login: bool = Field(
        default=True,
        description="Users of the pool itself may log in, with a password, besides those of "
        "`identity_providers`.",
    )
    self_sign_up: bool = Field(
        default=False,
        description="Anyone may register. False: only an administrator adds users.",
    )
    mfa: Literal["off", "optional", "required"] = Field(
        default="optional",
        description="Second factor by authenticator app, for users of the pool itself.",
    )
    password_min_length: int = Field(
        default=12, ge=12, le=99, description="Fewest characters in a password."
    )
    session_days: int = Field(
        default=SESSION_DAYS,
        ge=1,
        le=365,
        description="Days after which users log in again, however active they are.",
    )


def made_groups(auth: CognitoAuth) -> tuple[str, ...]:
    """Return the groups that a pool of the hub's own begins with."""
    return tuple(dict.fromkeys((*_ALWAYS_MADE, *auth.groups)))
