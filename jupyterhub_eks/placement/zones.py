"""In which zones a pool may start a machine, as far as ids of zones tell. Pure.

Which zone a name means depends on the account, so names of zones are not held against
what a region offers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.zones import is_zone_id

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import Offers


def offered_zones(pool: PoolConfig, offers: Offers | None, machine: str) -> tuple[str, ...] | None:
    """Return ids of the pool's zones that offer a machine; None: nothing is known of the region."""
    if offers is None:
        return None
    wanted = _ids(pool)
    return tuple(each for each in offers.zones(machine) if not wanted or each in wanted)


def place_of(pool: PoolConfig, region: str) -> str:
    """Return where a pool's nodes are, in words: the region, or zones of it."""
    return f"{region} ({', '.join(_ids(pool))})" if _ids(pool) else region


def _ids(pool: PoolConfig) -> tuple[str, ...]:
    return tuple(each for each in pool.zones if is_zone_id(each))
