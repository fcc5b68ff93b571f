"""What a deployment costs, as aligned tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console.amounts import NONE, money, plain, priced
from jupyterhub_eks.cli.console.blocks import heading
from jupyterhub_eks.cli.console.tables import cut, draw_table, table_width
from jupyterhub_eks.costs.rounding import adding_up, in_cents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from jupyterhub_eks.costs.at_once import AtOnce
    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.floor import Line
    from jupyterhub_eks.costs.usage import Demand, Month, ProfileCost, Rates
    from jupyterhub_eks.costs.worst import PoolWorst
    from jupyterhub_eks.instances.model import Source


def draw_costs(found: Estimate, width: int) -> Iterator[Text]:
    """Yield the whole report.

    Args:
        found: What is known.
        width: Columns of the terminal.
    """
    yield from _floor(found, width)
    yield Text("")
    yield from _servers(found, width)
    yield Text("")
    yield from _worst(found, width)
    if found.month:
        yield Text("")
        yield from _month(found, found.month, width)
    yield Text("")
    yield from (Text(each, "dim") for each in footnotes(found))


def _floor(found: Estimate, width: int) -> Iterator[Text]:
    floor = found.floor
    yield heading("Idle floor: what runs when nobody works, a month")
    rows = [
        (each.what, _count(each), money(each.each, 3), amount)
        for each, amount in zip(floor.lines, _moneys(e.monthly for e in floor.lines), strict=True)
    ]
    least = "at least, " if floor.unpriced else ""
    total = (f"{least}together, {priced(floor.hourly, found.currency, 3)} an hour", "", "")
    sum_of_all = floor.monthly if len(floor.unpriced) < len(floor.lines) else None
    lines = list(draw_table([*rows, (*total, money(sum_of_all))], width))
    yield from lines[:-1]
    lines[-1].stylize("bold")
    yield lines[-1]
    assumed = [each.what for each in floor.lines if each.note.startswith("assumed")]
    if assumed:
        yield Text(f"  assumed: {'; '.join(assumed)}", "dim")
    for each in floor.lines:
        if each.note and not each.note.startswith("assumed"):
            yield Text(f"  {each.what}: {each.note}", "dim")
    if floor.by_use:
        uses = [f"{e.what} {priced(e.amount, found.currency, 3)}/{e.unit}" for e in floor.by_use]
        yield Text(f"  by use, in no figure: {', '.join(uses)}", "dim")


def _count(line: Line) -> str:
    return f"{line.count.normalize():f} x"


def _servers(found: Estimate, width: int) -> Iterator[Text]:
    yield heading("Servers, each user an hour, with the node's disk")
    head: tuple[str, ...] = ("profile", "machine", "alone", "machine", "users", "full")
    rows: list[tuple[str, ...]] = [_server_row(each) for each in found.profiles]
    left: tuple[int, ...] = (0, 1, 3)
    if table_width([head, *rows]) > width:
        head, *rows = [tuple(row[index] for index in (0, 2, 4, 5)) for row in (head, *rows)]
        left = (0,)
    yield from draw_table(rows, width, head=head, left=left)


def _server_row(cost: ProfileCost) -> tuple[str, ...]:
    alone, shared = cost.alone, cost.shared
    if alone is None or shared is None:
        return (cost.profile, NONE, NONE, NONE, NONE, NONE)
    place = shared.hourly / shared.users
    return (
        cost.profile,
        alone.machine,
        money(alone.hourly, 3),
        shared.machine,
        str(shared.users),
        money(place, 3),
    )


_WORST_WORDS: Final = {
    "unlimited": "no limit holds it",
    "unpriced": "no price is known of",
    "unused": "no server can start in it",
}


# What a pool is limited to in an example, where its largest server needs no more.
_USUAL_CORES: Final = 64
_USUAL_DEVICES: Final = 2


def _worst(found: Estimate, width: int) -> Iterator[Text]:
    worst = found.worst
    yield heading("Worst case, an hour: every pool at its limit")
    *hourly, floor = _moneys([*(each.hourly for each in worst.pools), worst.floor])
    rows = [
        (each.pool, _pool_words(each), amount)
        for each, amount in zip(worst.pools, hourly, strict=True)
    ]
    rows.append(("idle floor", "", floor))
    rows.append(("at most", "", money(worst.hourly)))
    lines = list(draw_table(rows, width, left=(0, 1)))
    yield from lines[:-1]
    lines[-1].stylize("bold")
    yield lines[-1]
    if found.max_hourly is not None:
        yield _against_budget(worst.hourly, found.max_hourly)
    for each in worst.pools:
        if each.state == "unlimited":
            yield Text(f"  write pools.{each.pool}.max, e.g. {{{_example(each)}}}", "dim")


def _moneys(amounts: Iterable[Decimal | None]) -> list[str]:
    """Return amounts of a column as texts that add up; a hyphen for None."""
    listed = list(amounts)
    shown = iter(adding_up([each for each in listed if each is not None]))
    return [money(None if each is None else next(shown)) for each in listed]


def _against_budget(hourly: Decimal | None, most: Decimal) -> Text:
    limit = f"  budget.max_hourly_usd: {money(most)}"
    if hourly is None:
        return Text(f"{limit}, and the worst case has no bound", "red")
    if hourly > most:
        return Text(f"{limit}, exceeded by {money(hourly - most)}", "red")
    return Text(f"{limit}, held", "green")


def _example(pool: PoolWorst) -> str:
    usual = _USUAL_CORES if pool.suggested == "cpu" else _USUAL_DEVICES
    return f"{pool.suggested}: {max(usual, pool.least[pool.suggested])}"


def _pool_words(pool: PoolWorst) -> str:
    words = _WORST_WORDS.get(pool.state, "")
    first, *others = pool.machines.split(", ")
    more = f" and {len(others)} more" if others and pool.state == "unpriced" else ""
    return " ".join(filter(None, (words, first + more if more else pool.machines)))


def _month(found: Estimate, month: Month, width: int) -> Iterator[Text]:
    demand = month.demand
    users = f"{demand.users} {'user' if demand.users == 1 else 'users'}"
    yield heading(f"A month of {users}, {plain(demand.hours)} hours each, all on one profile")
    head = ("profile", "nodes full", "half full", "each alone", "round the clock")
    rows = [
        (cost.profile, *_scenarios(rates), money(always))
        for cost, rates, always in zip(found.profiles, month.by_profile, month.always, strict=True)
    ]
    yield from draw_table(rows, width, head=head)
    parts = [f"idle floor {money(found.floor.monthly)}"]
    if demand.home_gib:
        size = f"{demand.users} homes of {plain(demand.home_gib)} GiB"
        parts.append(f"{size} {money(_homes(found.floor.monthly, month))}")
    if month.logins:
        parts.append(f"logins {money(month.logins)}")
    yield Text(f"  in each: {', '.join(parts)}; if nobody came: {money(month.idle)}", "dim")
    for cost, limit in zip(found.profiles, month.at_once, strict=True):
        if not limit.lets(demand.users):
            remark = _too_many(limit, demand)
            name = cut(cost.profile, max(width - len(remark) - 4, _LEAST_NAME))
            yield Text(f"  {name}: {remark}", "yellow")


# Columns of a name that tell which one it is.
_LEAST_NAME: Final = 8


def _too_many(limit: AtOnce, demand: Demand) -> str:
    """Return how many of the users a profile's limits let work at the same time."""
    who = "the pool" if limit.held_by.startswith("pools.") else "`max_servers`"
    own = " on nodes of their own"
    if limit.servers is None or limit.servers >= demand.users:
        return f"{who} lets {limit.alone} at once{own}, not {demand.users}"
    apart = f", or {limit.alone}{own}" if limit.alone != limit.servers else ""
    return f"{who} lets {limit.servers} at once{apart}, not {demand.users}"


def _homes(floor: Decimal, month: Month) -> Decimal | None:
    """Return what homes cost, in the cents that make the sum with the floor."""
    return None if month.homes is None else in_cents(month.idle) - in_cents(floor)


def _scenarios(rates: Rates | None) -> tuple[str, str, str]:
    if rates is None:
        return NONE, NONE, NONE
    return money(rates.least), money(rates.average), money(rates.most)


def whose_prices(region: str, sources: Iterable[tuple[str, Source]]) -> Iterator[str]:
    """Yield whose prices the figures for a region are, and how to get its own."""
    listed = list(sources)
    for where, source in listed:
        instead = "" if where == region else f" stand in for {region}"
        yield f"prices of {where}{instead}: {source}"
    if any(where != region for where, _ in listed):
        yield f"jhub cost --refresh-prices asks AWS for those of {region}"


def _other_capacity(found: Estimate) -> Iterator[str]:
    """Yield which pools have machines that are not billed at the price that is counted."""
    pools: dict[str, list[str]] = {}
    for each in found.worst.pools:
        for capacity in each.other_capacity:
            pools.setdefault(capacity, []).append(each.pool)
    if "spot" in pools:
        names = ", ".join(pools["spot"])
        yield f"spot machines ({names}) are counted at the price on demand; AWS asks less"
    if "reserved" in pools:
        names = ", ".join(pools["reserved"])
        yield (
            f"reserved machines ({names}) are counted at the price on demand; a reservation is "
            "billed by its own terms, also while no machine runs"
        )


def footnotes(found: Estimate) -> Iterator[str]:
    """Yield whose prices the figures are, and what is not in them."""
    yield f"amounts in {found.currency}, without tax, discounts and free allowances"
    yield from _other_capacity(found)
    yield from whose_prices(found.region, found.sources)
    if found.floor.unpriced or any(not each.nodes for each in found.profiles):
        yield f"{NONE}: no price is known"
    if any(each.key == "system-disks" and each.each is None for each in found.floor.lines):
        yield "the nodes' disks are in no figure"
