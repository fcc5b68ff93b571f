"""What a deployment costs, in few lines: for a plan, and for the question of a deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.cli.console.amounts import NONE, priced
from jupyterhub_eks.cli.console.blocks import heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.costs.estimate import Estimate


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
    yield Text(f"  {_whose_prices(found)}; more: jhub cost", "dim")


def total_line(found: Estimate) -> Text:
    """Return floor and worst case in one line, for the moment before money is spent."""
    least = "at least " if found.floor.unpriced else ""
    month = priced(found.floor.monthly, found.currency)
    most = "" if found.worst.hourly is None else "at most "
    return Text(f"cost on AWS: {least}{month} a month idle; {most}{worst_in_words(found)}")


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


def _whose_prices(found: Estimate) -> str:
    regions = sorted({where for where, _ in found.sources})
    if not regions:
        return f"no price is known of {found.region}"
    where = ", ".join(regions)
    if regions != [found.region]:
        return f"by list prices of {where}, as none are known of {found.region}"
    days = sorted({source.date for _, source in found.sources})
    when = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"by list prices of {where}, {when}"
