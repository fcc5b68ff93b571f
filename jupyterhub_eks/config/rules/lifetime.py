"""Rules for how nodes of a pool are paid for, and when they go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.pool_parts import DAYS
from jupyterhub_eks.config.rules.accelerators import has_accelerators
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.pools import PoolConfig

# Of a day of maintenance; more is no window any more.
_MOST_HOURS: Final = 12


def capacity_rules(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield findings about ``capacity`` of a pool."""
    base = (*path, "capacity")
    if not pool.capacity:
        yield Finding(
            path=base,
            message="`capacity` names no purchase option, so no node could be started",
            hint="write e.g. `capacity: on-demand`",
        )
    yield from _twice(base, pool.capacity)
    if set(pool.capacity) == {"spot"} and any(has_accelerators(name) for name in pool.instances):
        yield Finding(
            path=base,
            message="spot machines with accelerators are often not to be had, and the pool has "
            "no other",
            hint="write `capacity: [spot, on-demand]`, which takes spot as long as there is any",
            also=((*path, "instances"),),
            severity="warning",
        )


def lifetime_rules(path: Path, pool: PoolConfig) -> Iterator[Finding]:
    """Yield findings about ``lifetime`` of a pool."""
    base, lifetime = (*path, "lifetime"), pool.lifetime
    if lifetime.maintenance:
        yield from _twice((*base, "maintenance", "days"), lifetime.maintenance.days)
        if lifetime.maintenance.hours > _MOST_HOURS and set(lifetime.maintenance.days) == set(DAYS):
            yield Finding(
                path=(*base, "maintenance", "hours"),
                message="maintenance is nearly always, so sessions may end at any time of the day",
                hint="write e.g. `hours: 4`",
                severity="warning",
            )
    if lifetime.expire_after_hours is not None:
        yield Finding(
            path=(*base, "expire_after_hours"),
            message=f"nodes older than {lifetime.expire_after_hours} hours are replaced while "
            f"people work on them; their servers end within {lifetime.drain_hours} hours",
            hint="remove it to let nodes go when they are empty, or set `maintenance`",
            also=((*base, "drain_hours"),),
            severity="warning",
        )


def _twice(base: Path, values: Sequence[str]) -> Iterator[Finding]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Finding(
                path=(*base, index), message=f"`{value}` is listed twice", hint="name it once"
            )
