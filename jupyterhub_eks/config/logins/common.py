"""What every way to log in has: who may, and who administers."""

from __future__ import annotations

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
