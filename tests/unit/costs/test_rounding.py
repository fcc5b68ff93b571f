"""Rows of a bill add up to its total."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.costs.rounding import adding_up, in_cents

AMOUNTS = st.lists(st.decimals(0, 10_000, places=5), max_size=20)


@given(AMOUNTS)
def test_rows_add_up_to_the_total(amounts: list[Decimal]) -> None:
    """To the exact sum in cents; none is a cent off, and whole cents are not touched."""
    found = adding_up(amounts)

    assert sum(found, Decimal(0)) == in_cents(sum(amounts, Decimal(0)))
    for shown, exact in zip(found, amounts, strict=True):
        assert abs(shown - exact) < Decimal("0.01")
        assert shown == in_cents(shown)
        assert shown == exact or exact != in_cents(exact)


def test_who_loses_most_is_rounded_up() -> None:
    """Three times 0.333 are 1.00, of which one row has the odd cent."""
    assert adding_up([Decimal("0.331"), Decimal("0.335"), Decimal("0.333")]) == [
        Decimal("0.33"),
        Decimal("0.34"),
        Decimal("0.33"),
    ]
