"""Login ``native``: the hub's own sign-up."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.logins.common import HubGroupsLogin


class LockOut(Section):
    """How often a password may be wrong. Counted by name; a restart of the hub begins anew."""

    failures: int = Field(
        default=5, ge=1, le=100, description="Wrong passwords in a row that lock a name."
    )
    # The login compares seconds within a day, so that a longer time would never end.
    minutes: int = Field(
        default=10, ge=1, le=720, description="How long after the last of them it stays locked."
    )


class NativeAuth(HubGroupsLogin):
    """Users sign up on the hub itself and an administrator approves them, always.

    The administrators that are listed exist from the start, with a generated password.
    """

    type: Literal["native"] = Field(description="Login method.")
    password_min_length: int = Field(
        default=12,
        ge=8,
        le=128,
        description="Fewest characters in a password. Well-known ones are refused besides.",
    )
    lock_out: LockOut = Field(
        default_factory=LockOut, description="What happens after wrong passwords."
    )
