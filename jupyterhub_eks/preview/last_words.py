"""Why a process has ended, of all that it has written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST_LINES: Final = 12
# An exception that is told earlier was survived.
_WITHIN_LINES: Final = 30
_TRACEBACK: Final = "Traceback (most recent call last):"
# Node tells it before the places where it happened.
_OF_NODE: Final = re.compile(r"(?:[A-Z]\w*)?Error(?: \[\w+\])?: .+")


def last_lines(text: str) -> str:
    """Return the end of what was written."""
    return "\n".join(text.splitlines()[-_LAST_LINES:])


def why(text: str) -> str:
    """Return the line of the exception that has ended a process; else the end of its words."""
    lines = text.splitlines()
    place = _python(lines)
    if place is None:
        place = _node(lines)
    if place is None or place < len(lines) - _WITHIN_LINES:
        return last_lines(text)
    return lines[place].strip()


def _python(lines: Sequence[str]) -> int | None:
    """Return where the last exception is: after its calls, which stand further to the right."""
    begins = [at for at, line in enumerate(lines) if line.strip() == _TRACEBACK]
    if not begins:
        return None
    margin = _margin(lines[begins[-1]])
    rest = range(begins[-1] + 1, len(lines))
    return next((at for at in rest if lines[at].strip() and _margin(lines[at]) <= margin), None)


def _node(lines: Sequence[str]) -> int | None:
    return next((at for at in reversed(range(len(lines))) if _OF_NODE.match(lines[at])), None)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())
