"""People as they are wanted, and accounts as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is to be let in.

    Attributes:
        name: As the login writes it.
        groups: Groups to be in.
        admin: Whether to be an administrator of the hub.
    """

    name: str
    groups: tuple[str, ...] = ()
    admin: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody whom the login knows.

    Attributes:
        name: As the login writes it.
        groups: Groups the account is in.
        admin: Whether it administers the hub.
        state: What is to be known of it besides: ``invited``, ``waits for approval``…
        is_in: Whether it needs nothing more to log in, as far as the login itself goes.
    """

    name: str
    groups: tuple[str, ...] = ()
    admin: bool = False
    state: str = ""
    is_in: bool = True


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What is left to do until somebody is as wanted.

    Attributes:
        name: Who.
        create: Whether there is no account.
        admit: Whether the account waits to be let in.
        join: Groups to be put into.
        promote: Whether to be made an administrator.
    """

    name: str
    create: bool = False
    admit: bool = False
    join: tuple[str, ...] = ()
    promote: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether all is as wanted."""
        return not (self.create or self.admit or self.join or self.promote)

    @property
    def words(self) -> str:
        """The same for people."""
        if self.is_nothing:
            return "is there already"
        said = ["new"] if self.create else []
        said += ["is let in"] if self.admit else []
        said += [f"group {', '.join(self.join)}"] if self.join else []
        said += ["administrator"] if self.promote else []
        return ", ".join(said)


class Directory(Protocol):
    """Where accounts are kept: a user pool of Cognito, or the hub itself.

    Each method raises ``DeployerError`` when it cannot be done.
    """

    def accounts(self) -> Mapping[str, Account]:
        """Return all accounts by name."""

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the members of each group."""

    def add(self, addition: Addition, password: str | None) -> None:
        """Do what is left to do for somebody.

        Args:
            addition: What that is.
            password: For the first login of a new account, if one is given.
        """

    def remove(self, name: str) -> bool:
        """End access, sessions and server of somebody; return whether there was an account."""

    def reset(self, name: str, password: str | None) -> str:
        """Give somebody a new password for one login, or have one sent; return what happens."""
