"""Amounts in cents that add up, as those of a bill do. Pure."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_CENT: Final = Decimal("0.01")


def in_cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to cents."""
    return amount.quantize(_CENT, ROUND_HALF_EVEN)


def adding_up(amounts: Sequence[Decimal]) -> list[Decimal]:
    """Return amounts in whole cents whose sum is the rounded sum of the exact ones.

    Each is less than a cent beside its exact amount, and whole cents stay as they are. Rounded up
    are those that lose most otherwise (the method of the largest remainders).
    """
    found = [each.quantize(_CENT, ROUND_FLOOR) for each in amounts]
    missing = in_cents(sum(amounts, Decimal(0))) - sum(found, Decimal(0))
    by_loss = sorted(range(len(found)), key=lambda index: found[index] - amounts[index])
    for index in by_loss[: int(missing / _CENT)]:
        found[index] += _CENT
    return found
