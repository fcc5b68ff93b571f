"""The most that an hour can cost: every pool at its limit, with its dearest machines. Pure.

A bound, never too low: of several limits each gives a bound of its own, and the lowest counts.
Karpenter starts no machine that would bring a pool above one of its limits, and no machine on
which no server starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.costs.filling import Item, bound, suggested_limit
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.placement.proof import prove

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        limit: Limit that holds it, as in ``max``; empty: none.
        suggested: Limit that would hold all its machines.
        items: Its machines with a known price.
    """

    pool: str
    state: State
    hourly: Decimal | None
    machines: str = ""
    dearest: Decimal | None = None
    limit: str = ""
    suggested: str = "cpu"
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
    unknown: dict[str, tuple[str, ...]] = {}
    for verdict in prove(deployment, prices.machines):
        machines = startable.setdefault(verdict.pool, {})
        machines |= {fit.machine.name: fit.machine for fit in verdict.machines}
        unknown[verdict.pool] = verdict.candidates.unknown
    pools = deployment.profiles.pools
    found = tuple(
        _of_pool(name, pool, startable.get(name, {}).values(), unknown.get(name, ()), prices)
        for name, pool in pools.items()
    )
    return WorstCase(floor=floor.hourly_outside_limits, pools=found)


def _of_pool(
    name: str,
    pool: PoolConfig,
    machines: Iterable[InstanceType],
    unknown: tuple[str, ...],
    prices: Prices,
) -> PoolWorst:
    items, unpriced = _items(pool, machines, prices)
    unpriced = [*unpriced, *unknown]
    if not items and not unpriced:
        return PoolWorst(pool=name, state="unused", hourly=Decimal(0))
    dearest = max((each.hourly for each in items), default=None)
    if unpriced:
        listed = ", ".join(sorted(unpriced))
        return PoolWorst(pool=name, state="unpriced", hourly=None, machines=listed, dearest=dearest)
    bounds = [(*found, key) for key, most in pool.max.items() if (found := bound(items, key, most))]
    if not bounds:
        return PoolWorst(
            pool=name,
            state="unlimited",
            hourly=None,
            dearest=dearest,
            suggested=suggested_limit(items),
            items=tuple(items),
        )
    hourly, counted, limit = min(bounds, key=lambda each: each[0])
    return PoolWorst(
        pool=name,
        state="limited",
        hourly=hourly,
        machines=counted,
        dearest=dearest,
        limit=limit,
        items=tuple(items),
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
