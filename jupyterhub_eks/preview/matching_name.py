"""A user name that a regular expression lets in, for a preview in which nobody was named. Pure."""

from __future__ import annotations

import re
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final
from warnings import catch_warnings, simplefilter

_FLAGS: Final = re.IGNORECASE | re.ASCII
# What is tried for a letter, the plainest first.
_LETTERS: Final = "a1bcdefghijklmnopqrstuvwxyz023456789-._@ "
# What is repeated without end is written once, so that `[0-9]+` is `1`.
_LEAST: Final = 1
_LONGEST: Final = 64


def matching_name(pattern: str) -> str:
    """Return a short name that matches as a whole; empty if none is found.

    It is built from the first of what the expression lets choose, and then held against the
    expression. One that looks ahead or back, or refers to what it took, may have none.

    Args:
        pattern: Valid expression.
    """
    with catch_warnings():
        simplefilter("ignore")
        parsed = parser.parse(pattern, int(_FLAGS))
        name = _sequence(parsed)
        fits = re.fullmatch(pattern, name, _FLAGS) is not None
    return name if fits and name.strip() and len(name) <= _LONGEST else ""


def _sequence(items: Any) -> str:
    return "".join(_part(str(op), value) for op, value in items)


def _part(op: str, value: Any) -> str:
    if op == "LITERAL":
        return chr(value).lower()
    if op in ("ANY", "IN", "NOT_LITERAL"):
        return _letter(op, value)
    if op == "BRANCH":
        return _sequence(value[1][0])
    if op in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _sequence(value[-1] if op == "SUBPATTERN" else value)
    if op.endswith("_REPEAT"):
        least, most, body = value
        times = min(max(int(least), _LEAST), int(most), _LONGEST)
        return _sequence(body) * times
    return ""


def _letter(op: str, value: Any) -> str:
    """Return the plainest letter that a place takes."""
    return next((letter for letter in _LETTERS if _takes(op, value, letter)), "")


def _takes(op: str, value: Any, letter: str) -> bool:
    if op == "ANY":
        return True
    if op == "NOT_LITERAL":
        return bool(ord(letter) != value)
    negated = str(value[0][0]) == "NEGATE"
    return any(_is_of(str(kind), what, letter) for kind, what in value) is not negated


def _is_of(kind: str, what: Any, letter: str) -> bool:
    codes = {ord(letter), ord(letter.upper())}
    if kind == "LITERAL":
        return what in codes
    if kind == "RANGE":
        return any(what[0] <= code <= what[1] for code in codes)
    if kind != "CATEGORY":
        return False
    name = str(what).removeprefix("CATEGORY_")
    found = {
        "DIGIT": letter.isdigit(),
        "WORD": letter.isalnum() or letter == "_",
        "SPACE": letter.isspace(),
    }[name.removeprefix("NOT_")]
    return found is not name.startswith("NOT_")
