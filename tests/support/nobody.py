"""A directory of users without any."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.people.model import Account, Addition


class Nobody:
    """A directory in which nobody is, and in which nothing may be done."""

    def accounts(self) -> Mapping[str, Account]:
        """Return none."""
        return {}

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return none."""
        return {}

    def add(self, addition: Addition, password: str | None) -> None:
        """Must not be called."""
        raise AssertionError((addition, password))

    def remove(self, name: str) -> bool:
        """Must not be called."""
        raise AssertionError(name)

    def reset(self, name: str, password: str | None) -> str:
        """Must not be called."""
        raise AssertionError((name, password))
