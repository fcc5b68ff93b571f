"""Aligned tables of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from jupyterhub_eks.cli.console.terminal import this_terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_GAP: Final = 2
_MARGIN: Final = 2
_NAME_LEAST: Final = 20


def draw_table(
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
    return cut(text, size) + " " * (size - cell_len(text))


def cut(text: str, size: int) -> str:
    """Return a text in so many columns at most, with a sign where its end is missing."""
    if cell_len(text) <= size:
        return text
    ellipsis = this_terminal().glyphs.ellipsis
    return set_cell_size(text, size - cell_len(ellipsis)) + ellipsis


def table_width(rows: Iterable[Sequence[str]]) -> int:
    """Return the columns that a table takes when nothing of it is cut."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + _GAP * (len(widths) - 1) + _MARGIN
