"""Profiles as a table and as JSON: who sees them, their machines, neighbours and prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import pairs
from jupyterhub_eks.cli.console.columns import (
    aligned,
    broken,
    shared_widths,
    whole_width,
    widths_of,
)
from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.starting import start_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.costs import Cost
    from jupyterhub_eks.placement.proof import Verdict

_HEAD: Final = ("profile", "who", "pool", "start", "machines", "users", "alone", "shared")
_NUMBERS: Final = frozenset({5, 6, 7})
# Who may start it, pools and names may take a second line; the latter two also behind a hyphen.
_BREAKABLE: Final = frozenset({0, 1, 2, 4})
_OF_PARTS: Final = frozenset({0, 2})
# On a narrower terminal blocks are read with less trouble than a table with many broken cells.
_NARROWEST_TABLE: Final = 72
_LEGEND: Final = (
    "machines: the cheapest, and how many more; users: servers on one node; alone: an hour on a "
    "node of one's own; shared: each user's part of a full one, where it is least; *: preselected"
)
NONE: Final = "-"


@dataclass(frozen=True, kw_only=True)
class ProfileRow:
    """A profile, or one of its sizes, with what is known of it.

    Attributes:
        pool: Its pool.
        verdict: On which machines its servers start.
        costs: Those with a known price, the cheapest first.
    """

    pool: PoolConfig
    verdict: Verdict
    costs: tuple[Cost, ...]

    @property
    def profile(self) -> ProfileConfig:
        """Its configuration."""
        return self.verdict.variant.profile


def profile_rows(deployment: Deployment, catalog: Catalog) -> tuple[ProfileRow, ...]:
    """Return a row for each profile, or for each of its sizes, in their order."""
    profiles, region = deployment.profiles, deployment.settings.region
    return tuple(
        ProfileRow(
            pool=profiles.pools[verdict.pool],
            verdict=verdict,
            costs=costs(verdict, catalog, region),
        )
        for verdict in prove(deployment, catalog)
    )


def draw_profiles(rows: Sequence[ProfileRow], region: str, width: int | None) -> Iterator[Text]:
    """Yield a table, a closer one, or blocks, and what the numbers mean.

    Args:
        rows: The profiles.
        region: Region of the deployment.
        width: Columns of the terminal; None: there is none, so that a line may be of any length.
    """
    currencies = sorted({cost.price.currency for row in rows for cost in row.costs})
    whole = [_HEAD, *_lines(rows, _WHOLE)]
    widths = widths_of(whole)
    unit = ""
    if width is None or whole_width(widths) <= width:
        yield from _table(whole, widths)
    elif width >= _NARROWEST_TABLE and (table := _close_table(rows, currencies, width)):
        yield from table
        unit = f"; amounts in {currencies[0]}" if len(currencies) == 1 else ""
    else:
        yield from _blocks(whole[1:])
    yield Text("")
    yield Text(_LEGEND + unit, "dim")
    yield from (Text(each, "dim") for each in _footnotes(rows, region))


def _close_table(
    rows: Sequence[ProfileRow], currencies: Sequence[str], width: int
) -> list[Text] | None:
    """Return a table whose cells are short and broken where need be; None if it does not fit."""
    close = [_HEAD, *_lines(rows, _Words(everyone="all", currency=len(currencies) > 1))]
    widths = shared_widths(close, width, _BREAKABLE, _OF_PARTS)
    return list(_table(close, widths)) if widths else None


def _table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[Text]:
    for index, row in enumerate(rows):
        for line in broken(row, widths, _OF_PARTS):
            yield Text(aligned(line, widths, _NUMBERS), "" if index else "dim")


def _blocks(rows: Iterable[Sequence[str]]) -> Iterator[Text]:
    for name, *cells in rows:
        yield Text(name, "bold")
        yield from pairs(pair for pair in zip(_HEAD[1:], cells, strict=True) if pair[1])


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What cells say.

    Attributes:
        everyone: Who may start a profile without groups.
        currency: Whether it stands with each amount.
    """

    everyone: str = "everyone"
    currency: bool = True


_WHOLE: Final = _Words()


def _lines(rows: Sequence[ProfileRow], words: _Words) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row, with a line of its own above the sizes of a profile."""
    above = ""
    for row in rows:
        profile, option = row.profile, row.verdict.option
        name = profile.name + _mark(is_default=profile.default)
        who = ", ".join(profile.groups) or words.everyone
        if option is None:
            yield name, who, *_cells(row, words)
            continue
        if profile.name != above:
            yield name, who, *("" for _ in _HEAD[2:])
        above = profile.name
        size = f"  {option}{_mark(is_default=row.verdict.variant.is_default)}"
        yield size, "", *_cells(row, words)


def _mark(*, is_default: bool) -> str:
    return " *" if is_default else ""


def _cells(row: ProfileRow, words: _Words) -> tuple[str, ...]:
    machines = row.verdict.machines
    names = [cost.fit.machine.name for cost in row.costs] or [e.machine.name for e in machines]
    more = len(machines) - 1
    fullest = min(row.costs, key=lambda each: each.shared, default=None)
    return (
        row.profile.pool,
        start_of(row.pool).label,
        (names[0] if names else NONE) + (f" +{more}" if more > 0 else ""),
        _range([each.users for each in machines]),
        _amount(row.costs[0].alone, row.costs[0], words) if row.costs else NONE,
        _amount(fullest.shared, fullest, words) if fullest else NONE,
    )


def _range(users: Sequence[int]) -> str:
    if not users:
        return NONE
    return str(users[0]) if min(users) == max(users) else f"{min(users)}-{max(users)}"


def _amount(amount: Decimal, cost: Cost, words: _Words) -> str:
    return f"{amount:.3f} {cost.price.currency}" if words.currency else f"{amount:.3f}"


def _footnotes(rows: Sequence[ProfileRow], region: str) -> Iterator[str]:
    found = [cost.price for row in rows for cost in row.costs]
    for where, source in sorted({(price.region, str(price.source)) for price in found}):
        instead = "" if where == region else f", as none are known of {region}"
        yield f"prices: on demand in {where}{instead} ({source}), without disks and traffic"
    starts = {each.label: each.why for each in (start_of(row.pool) for row in rows)}
    said = "; ".join(f"{label}: {why}" for label, why in sorted(starts.items()))
    yield f"start: where no node has room yet, estimated, not measured: {said}"
    if any("spot" in row.pool.capacity for row in rows):
        yield "spot machines cost less than that, by what AWS asks at the time"
    if any(not row.costs for row in rows):
        yield f"{NONE}: no price is known"


def profiles_document(rows: Sequence[ProfileRow], region: str) -> dict[str, Any]:
    """Return the rows for ``--json``: amounts per hour as texts, so that none is rounded."""
    return {"region": region, "profiles": [_row_document(row) for row in rows]}


def _row_document(row: ProfileRow) -> dict[str, Any]:
    start = start_of(row.pool)
    by_name = {cost.fit.machine.name: cost for cost in row.costs}
    return {
        "name": row.profile.name,
        "option": row.verdict.option,
        "default": row.profile.default and row.verdict.variant.is_default,
        "groups": row.profile.groups,
        "pool": row.profile.pool,
        "capacity": row.pool.capacity,
        "start": {
            "label": start.label,
            "minutes": start.minutes,
            "why": start.why,
            "estimated": True,
        },
        "machines": [
            {
                "type": fit.machine.name,
                "users": fit.users,
                "zones": fit.zones,
                **_cost_document(by_name.get(fit.machine.name)),
            }
            for fit in row.verdict.machines
        ],
    }


def _cost_document(cost: Cost | None) -> dict[str, Any]:
    if cost is None:
        return {"price": None}
    price = cost.price
    return {
        "price": {
            "alone": str(cost.alone),
            "shared": f"{cost.shared:.6f}",
            "currency": price.currency,
            "region": price.region,
            "date": price.source.date,
        }
    }
