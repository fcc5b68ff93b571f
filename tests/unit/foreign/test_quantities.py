"""Amounts as Kubernetes and KubeSpawner write them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.spawner import Spawner
from traitlets import TraitError

from jupyterhub_eks.config.amounts import LEAST_MEMORY, MOST_MEMORY, memory
from jupyterhub_eks.config.quantities import (
    kubernetes,
    spawner_cores,
    spawner_memory,
    written_cores,
    written_memory,
)

if TYPE_CHECKING:
    from decimal import Decimal

FACTORS = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": 1,
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip
decimals = st.decimals(0, 10**9, places=6, allow_nan=False)
words = st.text(alphabet="0123456789.+-eEmkKMGTPi_ ", max_size=8)


@given(decimals, st.sampled_from(sorted(FACTORS)))
def test_a_number_and_its_suffix(number: Decimal, suffix: str) -> None:
    """An amount is its number times what its suffix stands for, without rounding."""
    assert kubernetes(f"{number:f}{suffix}") == Fraction(number) * FACTORS[suffix]


@given(st.integers(1, 10**6), st.integers(0, 9))
def test_powers_of_ten(number: int, power: int) -> None:
    """``1e3`` is another way to write a thousand."""
    assert kubernetes(f"{number}e{power}") == kubernetes(f"{number}E+{power}") == number * 10**power


@pytest.mark.parametrize("text", ["", "G", "8 G", "8g", "8GB", "8KI", "1e", "--1", "1,5", "inf"])
def test_what_is_no_amount(text: str) -> None:
    """Nothing is guessed."""
    assert kubernetes(text) is None


@pytest.mark.parametrize("value", [True, None, [], {}])
def test_what_is_no_number(value: object) -> None:
    """Truth, nothing and lists are no amounts."""
    assert kubernetes(value) is None
    assert spawner_memory(value) is None


def test_numbers_are_what_is_written() -> None:
    """A tenth is a tenth, though no binary fraction is."""
    assert kubernetes(0.1) == Fraction(1, 10)


@given(st.one_of(words, st.integers(-(10**12), 10**12), st.floats(0, 1e12)))
def test_memory_is_what_the_spawner_itself_makes_of_it(value: object) -> None:
    """What KubeSpawner takes has its value, and what it refuses is said to be refused."""
    spawner = Spawner()
    try:
        spawner.mem_limit = value
    except (TraitError, ValueError, IndexError, OverflowError):
        found = spawner_memory(value)
        assert found is None or not found.taken
        return
    found = spawner_memory(value)
    if found is None:
        assert isinstance(value, str)
        assert "_" in value  # Python's own `1_000`, which nobody writes here
        return
    assert found.taken
    assert int(found.value) == pytest.approx(spawner.mem_limit, rel=1e-12)


@given(st.one_of(words, st.integers(0, 1000), st.floats(0, 1000)))
def test_cores_are_what_the_spawner_itself_makes_of_them(value: object) -> None:
    """Text is refused, numbers are taken as they are."""
    spawner = Spawner()
    try:
        spawner.cpu_limit = value
    except TraitError:
        found = spawner_cores(value)
        assert found is None or not found.taken
        return
    found = spawner_cores(value)
    assert found is not None
    assert found.taken
    assert float(found.value) == pytest.approx(spawner.cpu_limit)


@pytest.mark.parametrize(
    ("value", "amount", "taken"),
    [
        ("8G", 8 * 2**30, True),
        ("0.5T", 2**39, True),
        (1000, 1000, True),
        ("8Gi", 8 * 2**30, False),
        ("8192Mi", 8 * 2**30, False),
        ("2", 2, False),
    ],
)
def test_notations_of_memory(value: object, amount: int, taken: bool) -> None:  # noqa: FBT001
    """`G` is GiB here; Kubernetes' own notations are understood and refused."""
    assert spawner_memory(value) == (amount, taken)


@given(st.integers(LEAST_MEMORY, MOST_MEMORY))
def test_memory_is_written_without_loss(amount: int) -> None:
    """What is written for profiles.yaml means the same there."""
    assert memory(written_memory(amount)) == amount


@given(st.integers(1, 10**6))
def test_cores_are_written_without_loss(millicores: int) -> None:
    """Millicores come back from the number that is written."""
    assert round(float(written_cores(Fraction(millicores, 1000))) * 1000) == millicores
