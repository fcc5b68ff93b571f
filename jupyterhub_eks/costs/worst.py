"""The most that an hour can cost: every pool at its limit, with its dearest machines. Pure.

A bound, never too low: of several limits each gives a bound of its own, and the lowest counts.
Karpenter starts no machine that would bring a pool above one of its limits, and no machine on
which no server starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from math import gcd
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.instances.capacity import visible_memory_mib
from jupyterhub_eks.placement.proof import prove

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.instances.model import InstanceType

State = Literal["limited", "unlimited", "unpriced", "unused"]
# More steps than this are not gone through; the bound without whole machines does.
_MOST_STEPS: Final = 20_000


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
    """

    pool: str
    state: State
    hourly: Decimal | None
    machines: str = ""
    dearest: Decimal | None = None
    limit: str = ""
    suggested: str = "cpu"


@dataclass(frozen=True, kw_only=True)
class WorstCase:
    """The most that an hour can cost.

    Attributes:
        floor: The idle floor, an hour.
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


@dataclass(frozen=True)
class _Item:
    """A machine that may be started any number of times."""

    machine: InstanceType
    hourly: Decimal


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
    return WorstCase(floor=floor.hourly, pools=found)


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
    bounds = [
        (*bound, key) for key, most in pool.max.items() if (bound := _bound(items, key, most))
    ]
    if not bounds:
        return PoolWorst(
            pool=name,
            state="unlimited",
            hourly=None,
            dearest=dearest,
            suggested=_suggested(items),
        )
    hourly, counted, limit = min(bounds, key=lambda each: each[0])
    return PoolWorst(
        pool=name, state="limited", hourly=hourly, machines=counted, dearest=dearest, limit=limit
    )


def _items(
    pool: PoolConfig, machines: Iterable[InstanceType], prices: Prices
) -> tuple[list[_Item], list[str]]:
    disk = prices.service("gp3")
    unpriced = [] if disk else ["gp3"]
    disk_hour = disk.amount * pool.disk_gib / HOURS_PER_MONTH if disk else Decimal(0)
    items = []
    for machine in machines:
        if price := prices.machine(machine.name):
            items.append(_Item(machine, price.per_hour + disk_hour))
        else:
            unpriced.append(machine.name)
    return items, unpriced


def _suggested(items: Sequence[_Item]) -> str:
    for key in ("gpu", "neuron"):
        if all(_weight(each.machine, key) for each in items):
            return key
    return "cpu"


def _weight(machine: InstanceType, key: str) -> int:
    """Return what a machine takes of a limit; memory in MiB, as its node reports it."""
    if key == "cpu":
        return machine.vcpu
    if key == "memory_gib":
        return visible_memory_mib(machine.memory_mib, is_arm=machine.arch == "arm64")
    if key == "neuron":
        return machine.neuron_devices
    # A fraction of a GPU is reported as one device.
    is_fraction = machine.gpu_manufacturer == "nvidia" and not machine.gpu_count
    return 1 if is_fraction else machine.gpu_count


def _bound(items: Sequence[_Item], key: str, most: int) -> tuple[Decimal, str] | None:
    """Return the dearest that a limit allows; None: it does not hold every machine."""
    capacity = most * 1024 if key == "memory_gib" else most
    weights = [_weight(each.machine, key) for each in items]
    if not all(weights):
        return None
    step = reduce(gcd, weights)
    if capacity // step > _MOST_STEPS:
        rate = max(each.hourly / weight for each, weight in zip(items, weights, strict=True))
        return rate * capacity, f"{most} {key}"
    return _fill(items, [weight // step for weight in weights], capacity // step)


def _fill(items: Sequence[_Item], weights: Sequence[int], room: int) -> tuple[Decimal, str]:
    """Return the dearest set of whole machines that has room, and what it is."""
    best: list[tuple[Decimal, tuple[int, ...]]] = [(Decimal(0), (0,) * len(items))]
    for space in range(1, room + 1):
        value, counts = best[space - 1]
        for index, (item, weight) in enumerate(zip(items, weights, strict=True)):
            if weight <= space and best[space - weight][0] + item.hourly > value:
                value, before = best[space - weight]
                value += item.hourly
                counts = (*before[:index], before[index] + 1, *before[index + 1 :])
        best.append((value, counts))
    value, counts = best[room]
    named = [
        f"{count} x {item.machine.name}" for item, count in zip(items, counts, strict=True) if count
    ]
    return value, ", ".join(named)
