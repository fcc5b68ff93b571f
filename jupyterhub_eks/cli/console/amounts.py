"""Amounts of money as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

NONE: Final = "-"
_SYMBOLS: Final = {"USD": "$", "CNY": "CNY "}


def money(amount: Decimal | None, digits: int = 2) -> str:
    """Return an amount with so many digits, without its currency; a hyphen for None."""
    return NONE if amount is None else f"{amount:,.{digits}f}"


def priced(amount: Decimal | None, currency: str, digits: int = 2) -> str:
    """Return an amount with its currency; a hyphen for None."""
    return NONE if amount is None else f"{_SYMBOLS[currency]}{money(amount, digits)}"


def plain(number: Decimal) -> str:
    """Return a number without superfluous zeros."""
    return f"{number.normalize():f}"


def text_of(amount: Decimal | None, digits: int = 6) -> str | None:
    """Return an amount as JSON has it."""
    return None if amount is None else f"{amount:.{digits}f}"
