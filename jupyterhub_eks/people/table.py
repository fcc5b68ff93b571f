"""Read rows of a CSV file as spreadsheets write them, with the line of each. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS: Final = {
    "name": ("name", "username", "user", "user name", "login"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address"),
    "groups": ("groups", "group"),
    "admin": ("admin", "administrator"),
}
HEADER: Final = "name,groups,admin"
_SEPARATORS: Final = ",;\t"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Row:
    """A row: its line in the file, 1-based, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass
class Table:
    """What a file holds.

    Attributes:
        rows: Its rows that are not blank.
        problems: What is wrong with its form.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(content: bytes, file: str) -> Table:
    """Return the rows of a file, and all that is wrong with its form.

    Args:
        content: Of the file: UTF-8, with or without a mark, or UTF-16 with one.
        file: As the user named it.
    """
    table = Table()
    text = _decoded(content, file, table.problems)
    if text is None:
        return table
    lines = _lines(text, file, table.problems)
    header = next(((number, cells) for number, cells in lines if any(cells)), None)
    if header is None:
        table.problems += [
            Problem(path="", file=file, message="the file has no rows", hint=_hint())
        ]
        return table
    columns = _columns(*header, file, table.problems)
    if columns:
        for number, cells in lines:
            _take(number, cells, columns, file, table)
    return table


def _decoded(content: bytes, file: str, problems: list[Problem]) -> str | None:
    try:
        if content.startswith(_UTF16):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = "Save it as CSV in UTF-8 (in Excel: `CSV UTF-8`)."
        message = "the text is not UTF-8"
        problems.append(Problem(path="", file=file, line=line, message=message, hint=hint))
        return None


def _lines(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line in which each begins."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        hint = "A quote that is opened is closed in the same cell; one in a text is doubled."
        message = f"the row cannot be read: {error}"
        if "field limit" in str(error):
            message = f"the row has a cell of more than {csv.field_size_limit()} characters"
            hint = f"Shorten it. If that is several rows: {hint[0].lower()}{hint[1:]}"
        problems.append(Problem(path="", file=file, line=begins, message=message, hint=hint))


def _columns(line: int, cells: list[str], file: str, problems: list[Problem]) -> list[str]:
    """Return the column of each cell; nothing if the first row is no header."""
    by_title = {title: column for column, titles in _COLUMNS.items() for title in titles}
    found = [by_title.get(cell.lower(), "") for cell in cells]
    if "name" not in found and "email" not in found:
        message = "the first row names no column `name` or `email`"
        problems.append(Problem(path="", file=file, line=line, message=message, hint=_hint()))
        return []
    for column in _COLUMNS:
        if found.count(column) > 1:
            message = f"two columns are `{column}`"
            hint = "Leave one of them out."
            problems.append(Problem(path="", file=file, line=line, message=message, hint=hint))
            return []
    return found


def _take(line: int, cells: list[str], columns: list[str], file: str, table: Table) -> None:
    if not any(cells):
        return
    if any(cells[len(columns) :]):
        message = f"the row has {len(cells)} cells, and the header {len(columns)}"
        hint = "Put several groups into quotes, or a semicolon between them."
        table.problems.append(Problem(path="", file=file, line=line, message=message, hint=hint))
        return
    pairs = zip(columns, cells, strict=False)
    table.rows.append(Row(line, {column: cell for column, cell in pairs if column}))


def _hint() -> str:
    return f"Begin it with a row of titles, such as `{HEADER}` or `email,groups`."
