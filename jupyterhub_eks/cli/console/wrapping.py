"""Long lines on a terminal: broken between words, never inside a command, a key or an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text

from jupyterhub_eks.cli.registry import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

LONG_WORD_INDENT: Final = 4
_COMMAND: Final = "|".join(entry.name for entry in ENTRIES)
# What is copied as a whole: text in backticks, and a command with its options.
_WHOLE: Final = re.compile(
    rf"`[^`]+`\S*|(?:\S*/)?jhub (?:{_COMMAND})"
    r"(?: (?:cluster|build|start|stop|status|reset|pull|list|check|import|refresh|show|test|"
    r"--[\w-]+(?:[ =][\w./-]+)?)\b)*\S*"
)
_WORD: Final = re.compile(r"\S+")
# A label, or the time of day at the head of a line of a log.
_COLUMN: Final = re.compile(r"\s*(?:\w+: +|\S.{0,24}?\s{2,}|\d\d:\d\d:\d\d )(?=\S)")


def wrapped(line: Text | str, console: Console) -> Iterable[Text | str]:
    """Wrap on a terminal, between words and under the line's last column.

    In a pipe a line stays whole, for the sake of ``grep``.
    """
    text = Text(line) if isinstance(line, str) else line
    if not console.is_terminal or text.cell_len <= console.width:
        return [line]
    return list(_pieces(text, console.width))


def hanging_indent(line: str) -> int:
    """Return where the last column of a line of ``label  text`` begins."""
    gap = _COLUMN.match(line)
    return gap.end() if gap else len(line) - len(line.lstrip())


def _pieces(text: Text, width: int) -> Iterator[Text]:
    plain = text.plain
    label = hanging_indent(plain)
    indent = label if label <= width // 2 else 2
    begin, margin, last = 0, 0, label
    for start, end in _units(plain, label, width - LONG_WORD_INDENT):
        alone = cell_len(plain[start:end])
        is_first = start == label
        may_leave = bool(plain[:label].strip()) and LONG_WORD_INDENT + alone <= width
        is_over = margin + cell_len(plain[begin:end]) > width
        # A word that fits nowhere stays beside its label, and the terminal breaks it: so it
        # can still be copied.
        if is_over and (may_leave or not is_first):
            yield _piece(text, begin, last, margin)
            begin, margin = start, indent if indent + alone <= width else LONG_WORD_INDENT
        last = end
    yield _piece(text, begin, last, margin)


def _piece(text: Text, begin: int, end: int, margin: int) -> Text:
    piece = Text(" " * margin).append_text(text[begin:end])
    piece.rstrip()
    return piece


def _units(plain: str, begin: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends; words that belong together are one, if it fits."""
    wholes = {
        each.start(): each.end()
        for each in _WHOLE.finditer(plain, begin)
        if cell_len(each[0]) <= longest
    }
    position = begin
    while word := _WORD.search(plain, position):
        position = wholes.get(word.start(), word.end())
        yield word.start(), position
