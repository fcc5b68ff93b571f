"""What every way to log in has: who may, who never may, and who administers."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from jupyterhub_eks.config.base import Section

INVITED: Final = "invited"
"""Group of the hub whose members may log in; `jhub users add` puts them there."""
HUB_ADMINS: Final = "hub-admins"
"""Group of the hub whose members may log in and administer it."""


class AllowRules(Section):
    """Who may log in: whoever one of the rules lets in. One is needed outside `dummy`."""

    users: tuple[str, ...] = Field(
        default=(), description="User names.", examples=[["alice@example.org"]]
    )
    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups of the identity provider; where it has none, of `groups`.",
        examples=[["users"]],
    )
    domains: tuple[str, ...] = Field(
        default=(),
        description="E-mail domains, e.g. `example.org`, all of whose users may log in.",
        examples=[["example.org"]],
    )
    pattern: str | None = Field(
        default=None,
        min_length=1,
        description="Regular expression (Python) for whole user names, in capitals or not.",
        examples=["student-[0-9]+"],
    )
    everyone: bool = Field(
        default=False, description="Everyone whom the provider authenticates; must be written out."
    )

    @property
    def is_empty(self) -> bool:
        """Whether nobody would be let in."""
        return not (self.users or self.groups or self.domains or self.pattern or self.everyone)


class LoginBase(Section):
    """Keys of every way to log in."""

    admins: tuple[str, ...] = Field(
        default=(),
        description="User names of hub administrators (e-mail addresses with `cognito`); they may "
        "always log in.",
        examples=[["alice@example.org"]],
    )
    allow: AllowRules = Field(
        default_factory=AllowRules, description="Who may log in besides the administrators."
    )
    block: tuple[str, ...] = Field(
        default=(),
        description="User names that are never let in, whatever `allow` says.",
        examples=[["mallory@example.org"]],
    )


class HubGroupsLogin(LoginBase):
    """Keys of ways to log in whose provider may tell no groups."""

    groups: tuple[str, ...] = Field(
        default=(),
        description="Groups that the hub keeps itself, where no provider tells any. Profiles and "
        "`allow.groups` may name them; `jhub users` puts members in.",
        examples=[["students"]],
    )
