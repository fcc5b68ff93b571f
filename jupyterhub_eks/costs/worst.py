"""The most that an hour can cost: every pool at its limit, with its dearest machines. Pure.

A bound, never too low, of all limits of a pool together. Karpenter (core 1.14.1,
``provisioning/scheduling/scheduler.go``) starts no machine that would bring a pool above one of its
limits, and no machine on which no server starts; where several machines may come, it counts with
the largest. It does not count nodes that are being drained, so those come on top while they last.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.config.pools import POOL_LIMITS
from jupyterhub_eks.costs.filling import (
    Item,
    fill,
    is_let_through,
    least_for,
    suggested_limit,
)
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.warm_limits import least_for_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.instances.model import InstanceType

State = Literal["limited", "unlimited", "unpriced", "unused"]


@dataclass(frozen=True, kw_only=True)
class PoolWorst:
    """The most that an hour of a pool can cost.

    Attributes:
        pool: Its name.
        state: ``unlimited``: no limit holds its machines. ``unpriced``: a price is missing.
            ``unused``: no server can start in it.
        hourly: The bound; None where there is none.
        machines: Which machines it is, e.g. ``64 x m7i.xlarge``; the types without a price
            where that is the matter.
        dearest: The dearest machine of the pool, an hour with its disk; None: not known.
        limit: Limit that holds most of it, as in ``max``; empty: none.
        is_exact: Whether the machines cost just that; else it is a bound above what they can.
        limits: All of the pool, as in ``max``.
        other_capacity: Whether some of its machines are not on demand, and may cost less.
        suggested: Limit that would hold all its machines.
        least: The least of each limit, as in ``max``, under which all servers of its profiles
            start, and its warm ones together.
        items: Its machines with a known price.
    """

    pool: str
    state: State
    hourly: Decimal | None
    machines: str = ""
    dearest: Decimal | None = None
    limit: str = ""
    is_exact: bool = True
    limits: Mapping[str, int] = field(default_factory=dict)
    other_capacity: tuple[str, ...] = ()
    suggested: str = "cpu"
    least: Mapping[str, int] = field(default_factory=dict)
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorstCase:
    """The most that an hour can cost.

    Attributes:
        floor: The idle floor, an hour, without what counts to the limit of a pool.
        pools: Each pool.
    """

    floor: Decimal
    pools: tuple[PoolWorst, ...]

    @property
    def hourly(self) -> Decimal | None:
        """The sum; None where a pool has no bound."""
        amounts = [each.hourly for each in self.pools]
        known = [each for each in amounts if each is not None]
        return self.floor + sum(known, Decimal(0)) if len(known) == len(amounts) else None


def worst_case(deployment: Deployment, floor: Floor, prices: Prices) -> WorstCase:
    """Return the most that an hour can cost.

    Args:
        deployment: Both files.
        floor: Its idle floor.
        prices: Prices in its region.
    """
    startable: dict[str, dict[str, InstanceType]] = {}
    starting: dict[str, list[list[InstanceType]]] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    for verdict in prove(deployment, prices.machines):
        machines = startable.setdefault(verdict.pool, {})
        # Limits are held against all machines alike, below.
        found = (fit.machine for fit in verdict.fits if fit.obstacle in {None, "limit"})
        machines |= {each.name: each for each in found}
        starting.setdefault(verdict.pool, []).append([fit.machine for fit in verdict.machines])
        unknown[verdict.pool] = verdict.candidates.unknown
    pools = deployment.profiles.pools

    def least(name: str, key: str) -> int:
        warm = least_for_room(deployment, name, key, prices.machines)
        return max(least_for(starting.get(name, ()), key), warm, 1)

    worst = tuple(
        replace(
            _of_pool(name, pool, startable.get(name, {}).values(), unknown.get(name, ()), prices),
            least={key: least(name, key) for key in POOL_LIMITS},
        )
        for name, pool in pools.items()
    )
    return WorstCase(floor=floor.hourly_outside_limits, pools=worst)


def _of_pool(
    name: str,
    pool: PoolConfig,
    machines: Iterable[InstanceType],
    unknown: tuple[str, ...],
    prices: Prices,
) -> PoolWorst:
    allowed = [each for each in machines if is_let_through(each, pool.max)]
    items, unpriced = _items(pool, allowed, prices)
    unpriced = [*unpriced, *unknown] if allowed or unknown else []
    if not items and not unpriced:
        return PoolWorst(pool=name, state="unused", hourly=Decimal(0))
    found = PoolWorst(
        pool=name,
        state="unlimited",
        hourly=None,
        dearest=max((each.hourly for each in items), default=None),
        limits=pool.max,
        other_capacity=tuple(each for each in pool.capacity if each != "on-demand"),
        suggested=suggested_limit(items),
        items=tuple(items),
    )
    if unpriced:
        return replace(found, state="unpriced", machines=", ".join(sorted(unpriced)))
    filled = fill(items, pool.max)
    if filled is None:
        return found
    return replace(
        found,
        state="limited",
        hourly=filled.hourly,
        machines=filled.machines,
        limit=filled.limit,
        is_exact=filled.is_exact,
    )


def _items(
    pool: PoolConfig, machines: Iterable[InstanceType], prices: Prices
) -> tuple[list[Item], list[str]]:
    disk = prices.service("gp3")
    unpriced = [] if disk else ["gp3"]
    disk_hour = disk.amount * pool.disk_gib / HOURS_PER_MONTH if disk else Decimal(0)
    items = []
    for machine in machines:
        if price := prices.machine(machine.name):
            items.append(Item(machine, price.per_hour + disk_hour))
        else:
            unpriced.append(machine.name)
    return items, unpriced
