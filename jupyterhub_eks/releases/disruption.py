"""When Karpenter may take a node of a pool away, and when it must. Pure.

By default a session ends by its user, by the hub's idle and age limits, or by removing the
pool: nodes of an older image go as they become empty, none is emptied for it (D20, G8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.pool_parts import DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pool_parts import Maintenance
    from jupyterhub_eks.config.pools import PoolConfig

_WEEK: Final = 7 * 24
_EMPTY: Final = {"reasons": ["Empty"], "nodes": "100%"}
# Rounded up by Karpenter, so one at least.
_MERGED_AT_A_TIME: Final = "10%"


def expiry(pool: PoolConfig) -> str:
    """Return ``expireAfter`` of the pool's nodes."""
    hours = pool.lifetime.expire_after_hours
    return "Never" if hours is None else f"{hours}h"


def drain(pool: PoolConfig) -> str:
    """Return ``terminationGracePeriod`` of the pool's nodes."""
    return f"{pool.lifetime.drain_hours}h"


def disruption(pool: PoolConfig) -> dict[str, Any]:
    """Return ``disruption`` of the pool's NodePool."""
    merges = _merges(pool)
    return {
        "consolidationPolicy": "WhenEmptyOrUnderutilized" if merges else "WhenEmpty",
        "consolidateAfter": f"{pool.lifetime.consolidate_after_minutes}m",
        "budgets": [dict(_EMPTY), *_budgets(pool.lifetime.maintenance, merges=merges)],
    }


def static_disruption(pool: PoolConfig) -> dict[str, Any]:
    """Return ``disruption`` of nodes that always run.

    They never go for being empty, so unlike others they are replaced, one at a time, once
    nobody is on them.
    """
    window = pool.lifetime.maintenance
    drifted = list(_windows(window)) if window else [_budget(["Drifted"], "1")]
    return {
        "consolidationPolicy": "WhenEmpty",
        "consolidateAfter": f"{pool.lifetime.consolidate_after_minutes}m",
        "budgets": drifted,
    }


def _merges(pool: PoolConfig) -> bool:
    if pool.lifetime.consolidation is None:
        # Placeholders that are spread over nodes would keep each of them for ever.
        return pool.warm.servers > 0
    return pool.lifetime.consolidation == "underutilized"


def _budgets(window: Maintenance | None, *, merges: bool) -> Iterator[dict[str, Any]]:
    never = [*([] if window else ["Drifted"]), *([] if merges else ["Underutilized"])]
    if never:
        yield _budget(never, "0")
    if merges:
        yield _budget(["Underutilized"], _MERGED_AT_A_TIME)
    if window:
        yield from _windows(window)


def _windows(window: Maintenance) -> Iterator[dict[str, Any]]:
    """Yield how many drifted nodes may go, and that none may between the windows.

    Budgets only forbid, and the strictest one counts (Karpenter 1.14.1, ``nodepool.go``).
    """
    yield _budget(["Drifted"], str(window.nodes))
    begins = sorted({DAYS.index(day) * 24 + window.start_hour for day in window.days})
    gaps = [
        (begin + window.hours, following - begin - window.hours)
        for begin, following in zip(begins, [*begins[1:], begins[0] + _WEEK], strict=True)
    ]
    if len(begins) == len(DAYS):
        hour = gaps[0][0] % 24
        yield _budget(["Drifted"], "0", f"0 {hour} * * *", gaps[0][1])
        return
    for begin, hours in gaps:
        # Sunday is 0 to cron, Monday comes first here.
        day = (begin // 24 + 1) % 7
        yield _budget(["Drifted"], "0", f"0 {begin % 24} * * {day}", hours)


def _budget(reasons: list[str], nodes: str, schedule: str = "", hours: int = 0) -> dict[str, Any]:
    when = {"schedule": schedule, "duration": f"{hours}h"} if schedule else {}
    return {"reasons": reasons, "nodes": nodes, **when}
