"""People who have an account with a provider, for its ways of writing about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.preview.provider.dialects import TENANT

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTITUTION = "https://idp.example.edu/idp/shibboleth"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who has an account with a provider.

    Attributes:
        name: The name that they log in with there; the subject, too.
        email: Address.
        verified: Whether the provider has seen that the address is theirs.
        groups: Groups, ids of groups, or ``organisation:team`` with GitHub.
        about: Claims that only some have.
    """

    name: str
    email: str
    verified: bool = True
    groups: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def claims(self) -> dict[str, Any]:
        """What a provider knows, by the standard's names."""
        return {
            "email": self.email,
            "email_verified": self.verified,
            "name": self.name.title(),
            "preferred_username": self.name,
            "nickname": self.name,
            "groups": list(self.groups),
            "idp": INSTITUTION,
            "tid": TENANT,
            **self.about,
        }
