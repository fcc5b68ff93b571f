"""Prices of a region as lines of a file: a type and its price per hour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, cast

from jupyterhub_eks.instances.names import type_key
from jupyterhub_eks.instances.tables import Table, TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.instances.model import Currency, Source

_CURRENCIES: Final = ("USD", "CNY")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Prices per hour by type, of one region."""

    region: str
    currency: Currency
    by_type: Mapping[str, Decimal]
    source: Source


def currency_of(region: str) -> Currency:
    """Return the currency in which AWS bills a region."""
    return "CNY" if region.startswith("cn-") else "USD"


def prices_table(region: str, by_type: Mapping[str, Decimal], source: Source) -> Table:
    """Return the file of a region's prices."""
    lines = [f"{name} {by_type[name].normalize():f}" for name in sorted(by_type, key=type_key)]
    more = {"region": region, "currency": currency_of(region)}
    return Table(kind="prices", source=source, lines=lines, more=more)


def read_prices(table: Table) -> PriceList:
    """Return the prices of a file.

    Raises:
        TableError: A line is damaged.
    """
    currency = table.more.get("currency", "")
    if currency not in _CURRENCIES:
        raise TableError(f"`{currency}` is no currency that prices are in")
    by_type: dict[str, Decimal] = {}
    for line in table.lines:
        name, _, amount = line.partition(" ")
        by_type[name] = _amount(amount, line)
    return PriceList(
        region=table.more.get("region", ""),
        currency=cast("Currency", currency),
        by_type=by_type,
        source=table.source,
    )


def _amount(text: str, line: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise TableError(f"`{line[:80]}` is no type with a price") from error
    if not amount.is_finite() or amount <= 0:
        raise TableError(f"`{line[:80]}` is no type with a price")
    return amount
