"""What a provider told about somebody, as the hub reads it (``hub-config/oauth_login.py``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.releases.z2jh.provider import Provider

Claims = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a provider told.

    Attributes:
        userinfo: What its user info says; of the id token's, where that is what counts.
        id_token: What its id token says; empty without one.
        groups: Groups that are told in a way of the provider's own: GitHub's organisations, and
            teams as ``organisation:team``; those of a user pool.
    """

    userinfo: Claims
    id_token: Claims = field(default_factory=dict)
    groups: tuple[str, ...] = ()


def claim_in(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name, or by names joined by dots of mappings within each other."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def groups_told(provider: Provider, told: Told) -> tuple[str, ...]:
    """Return the groups that the hub would give somebody; none where it reads none."""
    if not provider.has_groups:
        return ()
    if not provider.groups_claim:
        return tuple(sorted(set(told.groups)))
    found = claim_in(told.userinfo, provider.groups_claim)
    if found is None:
        found = claim_in(told.id_token, provider.groups_claim)
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    texts = [name for name in names if isinstance(name, str) and name]
    return tuple(sorted({_unrooted(provider, name) for name in texts}))


def groups_meant(provider: Provider, names: tuple[str, ...]) -> frozenset[str]:
    """Return groups of the configuration as the hub knows them."""
    return frozenset(_unrooted(provider, name) for name in names)


def is_verified(provider: Provider, claims: Claims) -> bool:
    """Whether the provider vouches for the address."""
    claim = provider.verified_claim
    return not claim or str(claims.get(claim)).lower() == "true"


def _unrooted(provider: Provider, name: str) -> str:
    return name.removeprefix("/") if provider.rooted_groups else name
