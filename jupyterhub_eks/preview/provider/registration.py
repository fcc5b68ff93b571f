"""What the stand-in knows: the one client that is registered, and the people with an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.preview.provider.dialects import DIALECTS, Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who can log in.

    Attributes:
        name: As the hub will know them.
        groups: Of the provider; with GitHub also ``organisation:team``.
        about: What they are there for, in a few words.
        claims: What the provider knows of them, by the standard's names.
        added: Claims that the configuration asks for by names of its own.
    """

    name: str
    groups: tuple[str, ...]
    about: str
    claims: Mapping[str, Any]
    added: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The hub as a client of the provider that is stood in for.

    Attributes:
        kind: Key of ``DIALECTS``.
        title: Name that people know the provider by.
        client_id: Id of the client.
        client_secret: Its secret, made up.
        callback: Where the browser goes after a login.
        back: Where it goes after a logout.
        issuer: What the provider calls itself in id tokens.
        accounts: Who can log in, in the order in which they are offered.
    """

    kind: str
    title: str
    client_id: str
    client_secret: str = field(repr=False)
    callback: str
    back: str
    issuer: str
    accounts: tuple[Account, ...]

    @property
    def dialect(self) -> Dialect:
        """How the provider speaks."""
        return DIALECTS[self.kind]

    def account(self, name: str) -> Account | None:
        """Return somebody's account; None if they have none."""
        return next((each for each in self.accounts if each.name == name), None)
