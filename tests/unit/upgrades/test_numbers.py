"""Versions in all the ways that they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.upgrades.numbers import hops, is_older, minor_of

MINORS = st.integers(min_value=20, max_value=60).map(lambda number: f"1.{number}")


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9", "1.14.1"),
        ("v1.21.1-eksbuild.3", "v1.21.2-eksbuild.1"),
        ("v1.21.1-eksbuild.1", "v1.21.1-eksbuild.2"),
        ("v20260110", "v20261023"),
        ("4.3.5", "4.4.0"),
    ],
)
def test_numbers_are_compared_as_numbers(older: str, newer: str) -> None:
    """1.9 comes before 1.14, whatever an alphabet says."""
    assert is_older(older, newer)
    assert not is_older(newer, older)


def test_missing_numbers_count_as_zero() -> None:
    """A minor is not older than its first patch."""
    assert not is_older("1.13", "1.13.0")
    assert not is_older("1.13.0", "1.13")


@pytest.mark.parametrize(
    ("version", "minor"),
    [("v1.36.2-eksbuild.1", "1.36"), ("1.35.0-20261023", "1.35"), ("1.36", "1.36"), ("", "")],
)
def test_the_minor_is_found(version: str, minor: str) -> None:
    """EKS, node images and Kubernetes each write it in their way."""
    assert minor_of(version) == minor


@settings(deadline=None)
@given(start=MINORS, end=MINORS)
def test_a_way_skips_no_minor(start: str, end: str) -> None:
    """Each hop is one minor after the one before, and the last one is the end."""
    way = hops(start, end)
    numbers = [int(each.split(".")[1]) for each in (start, *way)]

    assert numbers == list(range(numbers[0], numbers[0] + len(way) + 1))
    assert (start, *way)[-1] == max(start, end, key=lambda each: int(each.split(".")[1]))


def test_there_is_no_way_between_major_versions() -> None:
    """Nobody knows how that would go."""
    with pytest.raises(ValueError, match=r"no way from 1\.36 to 2\.0"):
        hops("1.36", "2.0")
