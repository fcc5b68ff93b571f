"""What a deployment costs, as aligned tables and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from jupyterhub_eks.cli.console.summaries import heading
from jupyterhub_eks.cli.console.terminal import this_terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from decimal import Decimal

    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.floor import Floor, Line
    from jupyterhub_eks.costs.usage import Month, ProfileCost, Rates
    from jupyterhub_eks.costs.worst import PoolWorst, WorstCase

NONE: Final = "-"
_GAP: Final = 2
_MARGIN: Final = 2
_NAME_LEAST: Final = 20
_SYMBOLS: Final = {"USD": "$", "CNY": "CNY "}


def money(amount: Decimal | None, digits: int = 2) -> str:
    """Return an amount with so many digits, without its currency; a hyphen for None."""
    return NONE if amount is None else f"{amount:,.{digits}f}"


def priced(amount: Decimal | None, currency: str, digits: int = 2) -> str:
    """Return an amount with its currency; a hyphen for None."""
    return NONE if amount is None else f"{_SYMBOLS[currency]}{money(amount, digits)}"


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


def draw_short(found: Estimate) -> Iterator[Text]:
    """Yield what a plan ends with: floor, range of the profiles, worst case, whose prices."""
    currency, floor = found.currency, found.floor
    least = "at least " if floor.unpriced else ""
    yield heading("Cost on AWS")
    month, hour = priced(floor.monthly, currency), priced(floor.hourly, currency, 3)
    rows = (
        ("idle floor", f"{least}{month} a month ({hour} an hour)"),
        ("a server", f"{hour_range(found)} an hour"),
        ("at most", worst_in_words(found)),
    )
    for label, text in rows:
        yield Text.assemble("  ", (f"{label:<10}", "dim"), f"  {text}")
    yield Text(f"  {_whose_prices(found)}; jhub cost has every line", "dim")


def total_line(found: Estimate) -> Text:
    """Return floor and worst case in one line, for the moment before money is spent."""
    least = "at least " if found.floor.unpriced else ""
    month = priced(found.floor.monthly, found.currency)
    return Text(f"cost on AWS: {least}{month} a month idle; at most {worst_in_words(found)}")


def hour_range(found: Estimate) -> str:
    """Return what an hour of a server costs: full and alone, over all profiles."""
    shared = [each.shared.hourly / each.shared.users for each in found.profiles if each.shared]
    alone = [each.alone.hourly for each in found.profiles if each.alone]
    if not alone:
        return f"{NONE} (no price is known)"
    low, high = min(shared), max(alone)
    return f"{priced(low, found.currency, 3)} to {priced(high, found.currency, 3)}"


def worst_in_words(found: Estimate) -> str:
    """Return the worst case, or which pools have none."""
    if found.worst.hourly is not None:
        return f"{priced(found.worst.hourly, found.currency)} an hour, every pool at its limit"
    open_pools = [each.pool for each in found.worst.pools if each.state == "unlimited"]
    unknown = [each.pool for each in found.worst.pools if each.state == "unpriced"]
    said = [f"no limit: {', '.join(open_pools)} (pools.NAME.max)"] if open_pools else []
    if unknown:
        said.append(f"no price is known of machines of {', '.join(unknown)}")
    return "; ".join(said)


def _table(
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    head: Sequence[str] = (),
    left: Collection[int] = (0,),
) -> Iterator[Text]:
    """Yield aligned lines: the columns ``left`` to the left, the rest to the right.

    The first column is cut where a line would be too long.
    """
    listed = [head, *rows] if head else list(rows)
    if not listed:
        return
    widths = [max(map(cell_len, column)) for column in zip(*listed, strict=True)]
    rest = sum(widths[1:]) + _GAP * (len(widths) - 1) + _MARGIN
    widths[0] = min(widths[0], max(_NAME_LEAST, width - rest))
    for index, row in enumerate(listed):
        cells = [
            _fit(cell, size) if column in left else " " * (size - cell_len(cell)) + cell
            for column, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        line = " " * _MARGIN + (" " * _GAP).join(cells).rstrip()
        yield Text(line, "dim" if head and index == 0 else "")


def _fit(text: str, size: int) -> str:
    if cell_len(text) <= size:
        return text + " " * (size - cell_len(text))
    ellipsis = this_terminal().glyphs.ellipsis
    return set_cell_size(text, size - cell_len(ellipsis)) + ellipsis


def _floor(found: Estimate, width: int) -> Iterator[Text]:
    floor = found.floor
    yield heading("Idle floor: what runs when nobody works, a month")
    rows = [
        (each.what, _count(each), money(each.each, 3), money(each.monthly)) for each in floor.lines
    ]
    least = "at least, " if floor.unpriced else ""
    total = (f"{least}together, {priced(floor.hourly, found.currency, 3)} an hour", "", "")
    sum_of_all = floor.monthly if len(floor.unpriced) < len(floor.lines) else None
    lines = list(_table([*rows, (*total, money(sum_of_all))], width))
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
    if _width_of([head, *rows]) > width:
        head, *rows = [tuple(row[index] for index in (0, 2, 4, 5)) for row in (head, *rows)]
        left = (0,)
    yield from _table(rows, width, head=head, left=left)


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


def _width_of(rows: Iterable[Sequence[str]]) -> int:
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + _GAP * (len(widths) - 1) + _MARGIN


_WORST_WORDS: Final = {
    "unlimited": "no limit holds it",
    "unpriced": "no price is known of",
    "unused": "no server can start in it",
}


def _worst(found: Estimate, width: int) -> Iterator[Text]:
    worst = found.worst
    yield heading("Worst case, an hour: every pool at its limit")
    rows = [(each.pool, _pool_words(each), money(each.hourly)) for each in worst.pools]
    rows.append(("idle floor", "", money(worst.floor)))
    rows.append(("at most", "", money(worst.hourly)))
    lines = list(_table(rows, width, left=(0, 1)))
    yield from lines[:-1]
    lines[-1].stylize("bold")
    yield lines[-1]
    if found.max_hourly is not None:
        yield _against_budget(worst.hourly, found.max_hourly)
    for each in worst.pools:
        if each.state == "unlimited":
            yield Text(f"  write pools.{each.pool}.max, e.g. {{{_example(each)}}}", "dim")


def _against_budget(hourly: Decimal | None, most: Decimal) -> Text:
    limit = f"  budget.max_hourly_usd: {money(most)}"
    if hourly is None:
        return Text(f"{limit}, and the worst case has no bound", "red")
    if hourly > most:
        return Text(f"{limit}, exceeded by {money(hourly - most)}", "red")
    return Text(f"{limit}, held", "green")


def _example(pool: PoolWorst) -> str:
    return f"{pool.suggested}: 2" if pool.suggested != "cpu" else "cpu: 64"


def _pool_words(pool: PoolWorst) -> str:
    words = _WORST_WORDS.get(pool.state, "")
    first, *others = pool.machines.split(", ")
    more = f" and {len(others)} more" if others and pool.state == "unpriced" else ""
    return " ".join(filter(None, (words, first + more if more else pool.machines)))


def _month(found: Estimate, month: Month, width: int) -> Iterator[Text]:
    demand = month.demand
    users = f"{demand.users} {'user' if demand.users == 1 else 'users'}"
    yield heading(f"A month of {users}, {_plain(demand.hours)} hours each, all on one profile")
    head = ("profile", "nodes full", "half full", "each alone", "round the clock")
    rows = [
        (cost.profile, *_scenarios(rates), money(always))
        for cost, rates, always in zip(found.profiles, month.by_profile, month.always, strict=True)
    ]
    yield from _table(rows, width, head=head)
    parts = [f"idle floor {money(found.floor.monthly)}"]
    if demand.home_gib:
        size = f"{demand.users} homes of {_plain(demand.home_gib)} GiB"
        parts.append(f"{size} {money(month.homes)}")
    if month.logins:
        parts.append(f"logins {money(month.logins)}")
    yield Text(f"  in each: {', '.join(parts)}; if nobody came: {money(month.idle)}", "dim")


def _scenarios(rates: Rates | None) -> tuple[str, str, str]:
    if rates is None:
        return NONE, NONE, NONE
    return money(rates.least), money(rates.average), money(rates.most)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def footnotes(found: Estimate) -> Iterator[str]:
    """Yield whose prices the figures are, and what is not in them."""
    yield f"amounts in {found.currency}, without tax, discounts and free allowances"
    for where, source in found.sources:
        instead = "" if where == found.region else f" stand in for {found.region}"
        yield f"prices of {where}{instead}: {source}"
    if any(where != found.region for where, _ in found.sources):
        yield f"jhub cost --refresh-prices asks AWS for those of {found.region}"
    if found.floor.unpriced or any(not each.nodes for each in found.profiles):
        yield f"{NONE}: no price is known"
    if any(each.key == "system-disks" and each.each is None for each in found.floor.lines):
        yield "the nodes' disks are in no figure"


def _whose_prices(found: Estimate) -> str:
    regions = sorted({where for where, _ in found.sources})
    if not regions:
        return f"no price is known of {found.region}"
    days = sorted({source.date for _, source in found.sources})
    when = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    instead = "" if regions == [found.region] else f", standing in for {found.region}"
    return f"list prices of {', '.join(regions)}{instead}, {when}"


def costs_document(found: Estimate) -> dict[str, Any]:
    """Return the report for ``--json``: amounts as texts, so that none is rounded on the way."""
    return {
        "region": found.region,
        "currency": found.currency,
        "floor": _floor_document(found.floor),
        "profiles": [_profile_document(each) for each in found.profiles],
        "worst_case": worst_document(found.worst),
        "max_hourly_usd": text_of(found.max_hourly),
        "month": _month_document(found, found.month) if found.month else None,
        "sources": [
            {"region": where, "source": str(source), "date": source.date}
            for where, source in found.sources
        ],
    }


def short_document(found: Estimate) -> dict[str, Any]:
    """Return what a plan has of it."""
    return {
        "region": found.region,
        "currency": found.currency,
        "idle_floor_monthly": text_of(found.floor.monthly),
        "unpriced": list(found.floor.unpriced),
        "profiles": [_profile_document(each) for each in found.profiles],
        "worst_case_hourly": text_of(found.worst.hourly),
        "price_regions": sorted({where for where, _ in found.sources}),
    }


def text_of(amount: Decimal | None, digits: int = 6) -> str | None:
    """Return an amount as JSON has it."""
    return None if amount is None else f"{amount:.{digits}f}"


def _floor_document(floor: Floor) -> dict[str, Any]:
    return {
        "monthly": text_of(floor.monthly),
        "hourly": text_of(floor.hourly),
        "unpriced": list(floor.unpriced),
        "lines": [
            {
                "key": each.key,
                "what": each.what,
                "count": f"{each.count.normalize():f}",
                "each": text_of(each.each),
                "monthly": text_of(each.monthly),
                "note": each.note,
            }
            for each in floor.lines
        ],
        "by_use": [
            {"what": each.what, "amount": text_of(each.amount), "unit": each.unit}
            for each in floor.by_use
        ],
    }


def _profile_document(cost: ProfileCost) -> dict[str, Any]:
    alone, shared = cost.alone, cost.shared
    return {
        "profile": cost.profile,
        "pool": cost.pool,
        "alone": {"machine": alone.machine, "hourly": text_of(alone.hourly)} if alone else None,
        "shared": {
            "machine": shared.machine,
            "users": shared.users,
            "hourly": text_of(shared.hourly / shared.users),
        }
        if shared
        else None,
    }


def worst_document(worst: WorstCase) -> dict[str, Any]:
    """Return the worst case for ``--json``."""
    return {
        "hourly": text_of(worst.hourly),
        "floor": text_of(worst.floor),
        "pools": [
            {
                "pool": each.pool,
                "state": each.state,
                "hourly": text_of(each.hourly),
                "machines": each.machines,
                "limit": each.limit,
            }
            for each in worst.pools
        ],
    }


def _month_document(found: Estimate, month: Month) -> dict[str, Any]:
    demand = month.demand
    return {
        "users": demand.users,
        "hours": _plain(demand.hours),
        "home_gib": _plain(demand.home_gib),
        "homes": text_of(month.homes),
        "logins": text_of(month.logins),
        "idle": text_of(month.idle),
        "profiles": [
            {
                "profile": cost.profile,
                "least": text_of(rates.least if rates else None),
                "average": text_of(rates.average if rates else None),
                "most": text_of(rates.most if rates else None),
                "always": text_of(always),
            }
            for cost, rates, always in zip(
                found.profiles, month.by_profile, month.always, strict=True
            )
        ],
    }
