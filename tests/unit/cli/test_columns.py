"""Columns share the width of a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from jupyterhub_eks.cli.console.columns import aligned, broken, shared_widths, whole_width

ROWS = [("one two three", "a-part-of-a-name", "12"), ("four", "short", "3")]


def test_the_widest_gives_way_first() -> None:
    """What need not be broken is not, and what may not never is."""
    widths = shared_widths(ROWS, 28, {0, 1}, {1})

    assert widths == [11, 11, 2]
    assert whole_width(widths or []) == 28


def test_nothing_is_broken_where_there_is_room() -> None:
    """Columns then are as wide as what stands in them."""
    assert shared_widths(ROWS, 80, {0, 1}, {1}) == [13, 16, 2]


def test_a_word_is_never_broken() -> None:
    """Where the longest words do not fit there is no table."""
    assert shared_widths(ROWS, 16, {0, 1}, {1}) == [5, 5, 2]
    assert shared_widths(ROWS, 15, {0, 1}, {1}) is None
    assert shared_widths(ROWS, 24, {0, 1}, frozenset()) is None


@pytest.mark.parametrize(
    ("cell", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("  one two", 6, ["  one", "  two"]),
        ("name *", 5, ["name *"]),
        ("long name *", 9, ["long", "name *"]),
        ("a-part-of", 4, ["a-part-of"]),
        ("", 4, [""]),
        ("東京 大阪", 5, ["東京", "大阪"]),
    ],
)
def test_a_cell_is_broken_between_words(cell: str, width: int, lines: list[str]) -> None:
    """Indented as before, and a mark stays with its word; wide letters count twice."""
    assert [line for (line,) in broken((cell,), [width], frozenset())] == lines


def test_a_name_may_be_broken_behind_its_hyphens() -> None:
    """Where its column says so; the hyphen stays in the line before."""
    assert [line for (line,) in broken(("a-part-of",), [5], {0})] == ["a-", "part-", "of"]


def test_a_row_has_as_many_lines_as_its_longest_cell() -> None:
    """The others are empty there, and numbers stand to the right in the first."""
    lines = list(broken(("one two", "1"), [3, 5], frozenset()))

    assert lines == [("one", "1"), ("two", "")]
    assert [aligned(line, [3, 5], {1}) for line in lines] == ["one      1", "two"]
    assert cell_len(aligned(("東京", "1"), [4, 5], {1})) == 11
