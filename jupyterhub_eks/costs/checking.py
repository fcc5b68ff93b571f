"""``budget.max_hourly_usd``, held against the worst case, as findings with figures. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.costs.filling import fill, smallest
from jupyterhub_eks.costs.floor import Assumptions, idle_floor
from jupyterhub_eks.costs.rounding import adding_up
from jupyterhub_eks.costs.worst import worst_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.costs.worst import PoolWorst, WorstCase

# A limit above this is none.
_ABSURD: Final = 1_000_000


def budget_findings(deployment: Deployment, prices: Prices, today: date) -> Iterator[Finding]:
    """Yield an error where an hour could cost more than the budget allows, or is not bounded.

    Args:
        deployment: Both files.
        prices: Prices in its region.
        today: Day by which it is judged whether Kubernetes is out of standard support.
    """
    limit = deployment.settings.budget.max_hourly_usd
    if limit is None:
        return
    if prices.currency != "USD":
        return  # refused by a rule that needs no prices
    most = Decimal(str(limit))
    floor = idle_floor(deployment, prices, today, Assumptions())
    worst = worst_case(deployment, floor, prices)
    yield from _unpriced_floor(floor)
    for pool in worst.pools:
        yield from _unbounded(pool, worst, most)
    if worst.hourly is not None and worst.hourly > most:
        yield _too_much(deployment, worst, most)


def _unpriced_floor(floor: Floor) -> Iterator[Finding]:
    if floor.unpriced:
        yield Finding(
            path=("budget", "max_hourly_usd"),
            message=f"whether it is held cannot be known: no price of {', '.join(floor.unpriced)}",
            hint="ask AWS with `jhub cost --refresh-prices`, or choose system nodes of a type "
            "whose price is known",
            also=(("cluster",), ("region",)),
        )


def _unbounded(pool: PoolWorst, worst: WorstCase, most: Decimal) -> Iterator[Finding]:
    if pool.state == "unlimited":
        yield Finding(
            path=("pools", pool.pool),
            message=f"nothing limits the pool `{pool.pool}`, and `budget.max_hourly_usd` is "
            f"{_plain(most)}{_one(pool)}",
            hint=f"add e.g. `max: {{{pool.suggested}: {_proposal(pool, worst, most)}}}`",
            also=(("budget", "max_hourly_usd"),),
            at_key=True,
        )
    elif pool.state == "unpriced":
        first, *others = pool.machines.split(", ")
        more = f" and {len(others)} more" if others else ""
        yield Finding(
            path=("pools", pool.pool, "instances"),
            message=f"no price is known of {first}{more}, so `budget.max_hourly_usd` cannot be "
            "held against them",
            hint="ask AWS with `jhub cost --refresh-prices`, or name machines whose price is known",
            also=(("budget", "max_hourly_usd"), ("region",)),
        )


def _one(pool: PoolWorst) -> str:
    return f"; one machine costs up to ${pool.dearest:.2f} an hour" if pool.dearest else ""


def _proposal(pool: PoolWorst, worst: WorstCase, most: Decimal) -> int:
    """Return a limit with which the pool takes its share of what the others leave."""
    known = sum((each.hourly or Decimal(0) for each in worst.pools), worst.floor)
    count = sum(each.state == "unlimited" for each in worst.pools)
    share = (most - known) / count
    return max(limit_within(pool, pool.suggested, share), pool.least[pool.suggested])


def limit_within(pool: PoolWorst, key: str, amount: Decimal, below: int | None = None) -> int:
    """Return the largest limit with which a pool costs no more than an amount an hour.

    Args:
        pool: The pool.
        key: Limit to set, as in ``max``.
        amount: US dollars an hour.
        below: A limit that is too large; None: not known.

    Returns:
        0 if the amount is not enough for the smallest of its machines.
    """
    least = smallest(pool.items, key)
    fits, too_large = 0, below or least
    while below is None and too_large < _ABSURD and _costs(pool, key, too_large) <= amount:
        fits, too_large = too_large, too_large * 2
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        if _costs(pool, key, middle) <= amount:
            fits = middle
        else:
            too_large = middle
    return fits if fits >= least else 0


def _costs(pool: PoolWorst, key: str, limit: int) -> Decimal:
    found = fill(pool.items, {**pool.limits, key: limit})
    return found.hourly if found else Decimal("Infinity")


def _too_much(deployment: Deployment, worst: WorstCase, most: Decimal) -> Finding:
    billed = {each.pool: each.hourly for each in worst.pools if each.hourly}
    amounts = adding_up([worst.floor, *billed.values()])
    named = zip(("idle floor", *billed), amounts, strict=True)
    parts = [f"{name} ${amount}" for name, amount in named]
    return Finding(
        path=("budget", "max_hourly_usd"),
        message=f"with every pool at its limit an hour costs up to ${worst.hourly:.2f} "
        f"({', '.join(parts)}), more than {_plain(most)}",
        hint=_remedy(deployment, worst, most),
        also=(("pools",),),
    )


def _remedy(deployment: Deployment, worst: WorstCase, most: Decimal) -> str:
    total = worst.hourly or Decimal(0)
    whole = total.to_integral_value(ROUND_CEILING)
    enough = f"`max_hourly_usd: {whole}` would be enough"
    for pool in sorted(worst.pools, key=lambda each: each.hourly or 0, reverse=True):
        if pool.state != "limited" or not pool.hourly:
            continue
        rest = most - (total - pool.hourly)
        limit = limit_within(
            pool, pool.limit, rest, deployment.profiles.pools[pool.pool].max[pool.limit]
        )
        if limit >= pool.least[pool.limit]:
            return f"write e.g. `pools.{pool.pool}.max: {{{pool.limit}: {limit}}}`; {enough}"
    if worst.floor > most:
        return f"the idle floor alone is more; {enough}"
    return f"lower `max` of several pools (`jhub cost` shows each); {enough}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
