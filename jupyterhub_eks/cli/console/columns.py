"""Columns that share the width of a terminal: what can be broken gives way, the widest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

GAP: Final = 2
# A mark at the end stays with the last word.
_WORD: Final = re.compile(r"\s*\S+(?:\s\*$)?")
# A name made of parts may go on in the next line behind a hyphen.
_PART: Final = re.compile(r"\s*(?:[^\s-]+-*|-+)(?:\s\*$)?")


def widths_of(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is when nothing is broken."""
    return [max(map(cell_len, column)) for column in zip(*rows, strict=True)]


def whole_width(widths: Sequence[int]) -> int:
    """Return the width of a line, gaps included."""
    return sum(widths) + GAP * (len(widths) - 1)


def shared_widths(
    rows: Sequence[Sequence[str]], room: int, breakable: Collection[int], parts: Collection[int]
) -> list[int] | None:
    """Return the widths with which a line takes ``room`` columns; None if none does.

    Args:
        rows: The cells.
        room: Columns of the terminal.
        breakable: Columns whose cells may go on in a second line.
        parts: Those of them that may also be broken behind a hyphen.
    """
    widths = widths_of(rows)
    least = [
        max(_least(row[column], _pattern(column, parts)) for row in rows)
        if column in breakable
        else width
        for column, width in enumerate(widths)
    ]
    while whole_width(widths) > room:
        able = [column for column, width in enumerate(widths) if width > least[column]]
        if not able:
            return None
        widths[max(able, key=widths.__getitem__)] -= 1
    return widths


def broken(
    row: Sequence[str], widths: Sequence[int], parts: Collection[int]
) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a row, each cell broken to the width of its column."""
    cells = [
        list(_lines(cell, width, _pattern(column, parts)))
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    for at in range(max(map(len, cells))):
        yield tuple(lines[at] if at < len(lines) else "" for lines in cells)


def aligned(cells: Sequence[str], widths: Sequence[int], right: Collection[int]) -> str:
    """Return a line of cells, those of the columns ``right`` to the right."""
    padded = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - cell_len(cell))
        padded.append(space + cell if column in right else cell + space)
    return (" " * GAP).join(padded).rstrip()


def _pattern(column: int, parts: Collection[int]) -> re.Pattern[str]:
    return _PART if column in parts else _WORD


def _margin(cell: str) -> int:
    return len(cell) - len(cell.lstrip())


def _least(cell: str, pattern: re.Pattern[str]) -> int:
    longest = max((cell_len(each.strip()) for each in pattern.findall(cell)), default=0)
    return _margin(cell) + longest


def _lines(cell: str, width: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the lines of a cell; what is indented stays so."""
    margin, line = " " * _margin(cell), ""
    for piece in pattern.findall(cell):
        if line.strip() and cell_len(line + piece) > width:
            yield line
            line = margin + piece.lstrip()
        else:
            line += piece
    yield line
