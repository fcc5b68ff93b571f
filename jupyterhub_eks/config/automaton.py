"""A regular expression as an automaton of its letters, with the ways from each to the next.

Made of what Python's own parser reads, so that it is the expression that Python would match. Two
ways between the same letters are counted as two: a matcher that goes back tries both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final
from warnings import catch_warnings, simplefilter

# A repeat is written out as long as it makes no more letters than this, else it is a loop.
_WRITTEN_OUT: Final = 64
# Of ways more than two say nothing that two do not.
_MANY: Final = 2
_ASCII: Final = 128
_CATEGORIES: Final = {"DIGIT": r"\d", "WORD": r"\w", "SPACE": r"\s"}

Ways = dict[int, int]
"""Number of ways by position."""


@dataclass(frozen=True)
class Part:
    """A part of an expression.

    Attributes:
        first: Positions that it can begin with.
        last: Positions that it can end with.
        empty: In how many ways it takes no letter.
    """

    first: Ways
    last: Ways
    empty: int


@dataclass
class Automaton:
    """Positions of an expression, each of which takes one letter.

    Attributes:
        alphabet: Letters that are told apart: ASCII, those that are named, and one for the rest.
        forms: Of each letter of the alphabet, the small and the capital one.
        letters: Of each position, what it takes: bit ``n`` for letter ``n`` of the alphabet.
        follow: Of each position, the ways to those that may come next.
        whole: The expression.
        asides: Expressions of their own: what looks ahead or behind.
    """

    alphabet: list[str]
    forms: list[list[int]]
    letters: list[int] = field(default_factory=list)
    follow: list[Ways] = field(default_factory=list)
    whole: Part = field(default_factory=lambda: Part({}, {}, 1))
    asides: list[Part] = field(default_factory=list)
    _masks: dict[str, int] = field(default_factory=dict, repr=False)
    _ranges: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def mask(self, wanted: str) -> int:
        """Return the bits of those letters that a class takes, e.g. ``[^x]``."""
        if wanted not in self._masks:
            found = re.compile(wanted, re.ASCII)
            taken = [found.fullmatch(letter) is not None for letter in self.alphabet]
            self._masks[wanted] = sum(1 << at for at, is_taken in enumerate(taken) if is_taken)
        return self._masks[wanted]

    def range(self, low: int, high: int) -> int:
        """Return the bits of the letters from one code to another, in small or capital."""
        if (low, high) not in self._ranges:
            taken = [any(low <= form <= high for form in forms) for forms in self.forms]
            bits = sum(1 << at for at, is_taken in enumerate(taken) if is_taken)
            # What is meant by an escape may lie outside the alphabet.
            self._ranges[low, high] = bits or 1 << (len(self.alphabet) - 1)
        return self._ranges[low, high]


def automaton(pattern: str, flags: int) -> Automaton:
    """Return the automaton of a valid expression, which takes capitals for small letters.

    Raises:
        RecursionError: It is nested too deep.
    """
    with catch_warnings():
        simplefilter("ignore")
        tree = parser.parse(pattern, flags)
    named = {ord(letter) for letter in pattern if not letter.isascii()}
    alphabet = [chr(code) for code in (*range(_ASCII), *sorted(named), 0x10FFFF)]
    made = Automaton(alphabet, [_forms(letter) for letter in alphabet])
    made.whole = _sequence(made, tree)
    return made


def _sequence(made: Automaton, items: Any) -> Part:
    whole = Part({}, {}, 1)
    for op, value in items:
        whole = _joined(made, whole, _part(made, str(op), value))
    return whole


def _part(made: Automaton, op: str, value: Any) -> Part:
    if op in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
        return _letter(made, _letters(made, op, value))
    if op == "BRANCH":
        return _either([_sequence(made, each) for each in value[1]])
    if op in ("SUBPATTERN", "ATOMIC_GROUP"):
        return _sequence(made, value[-1] if op == "SUBPATTERN" else value)
    if op.endswith("_REPEAT"):
        return _repeat(made, *value)
    if op.startswith("GROUPREF"):
        return _reference(made, op, value)
    return _nothing(made, op, value)


def _reference(made: Automaton, op: str, value: Any) -> Part:
    if op == "GROUPREF_EXISTS":
        return _either([_sequence(made, each or ()) for each in value[1:]])
    # Of any length, as nobody can tell here what the group took.
    return _loop(made, _letter(made, made.mask(r"(?s:.)")), is_optional=True)


def _nothing(made: Automaton, op: str, value: Any) -> Part:
    """Return what takes no letter: a place, such as the end, and what looks ahead or behind."""
    never = op == "FAILURE"
    if op.startswith("ASSERT"):
        aside = _sequence(made, value[1])
        made.asides.append(aside)
        never = op == "ASSERT_NOT" and aside.empty > 0
    return Part({}, {}, 0 if never else 1)


def _letters(made: Automaton, op: str, value: Any) -> int:
    everything = (1 << len(made.alphabet)) - 1
    if op == "ANY":
        return made.mask(".")
    if op == "NOT_LITERAL":
        return everything & ~made.range(value, value)
    if op == "LITERAL":
        return made.range(value, value)
    taken = 0
    for kind, what in value:
        if str(kind) == "RANGE":
            taken |= made.range(*what)
        elif str(kind) == "LITERAL":
            taken |= made.range(what, what)
        elif str(kind) == "CATEGORY":
            name = str(what).removeprefix("CATEGORY_")
            some = made.mask(_CATEGORIES[name.removeprefix("NOT_")])
            taken |= everything & ~some if name.startswith("NOT_") else some
    return everything & ~taken if str(value[0][0]) == "NEGATE" else taken


def _forms(letter: str) -> list[int]:
    return [ord(form) for form in {letter, letter.lower(), letter.upper()} if len(form) == 1]


def _letter(made: Automaton, letters: int) -> Part:
    made.letters.append(letters)
    made.follow.append({})
    at = len(made.letters) - 1
    return Part({at: 1}, {at: 1}, 0)


def _joined(made: Automaton, one: Part, other: Part) -> Part:
    _connect(made, one, other)
    return Part(
        _sum(one.first, _times(other.first, one.empty)),
        _sum(other.last, _times(one.last, other.empty)),
        min(_MANY, one.empty * other.empty),
    )


def _connect(made: Automaton, one: Part, other: Part) -> None:
    for last, ways in one.last.items():
        _add(made.follow[last], _times(other.first, ways))


def _either(parts: list[Part]) -> Part:
    first: Ways = {}
    last: Ways = {}
    for part in parts:
        _add(first, part.first)
        _add(last, part.last)
    return Part(first, last, min(_MANY, sum(part.empty for part in parts)))


def _repeat(made: Automaton, least: int, most: Any, body: Any) -> Part:
    before = len(made.letters)
    part = _sequence(made, body)
    size = len(made.letters) - before
    if most == parser.MAXREPEAT or size * int(most) > _WRITTEN_OUT:
        return _loop(made, part, is_optional=least == 0)
    if most == 0:
        return Part({}, {}, 1)
    copies = [part, *(_sequence(made, body) for _ in range(int(most) - 1))] if size else [part]
    whole = Part({}, {}, 1)
    for index, copy in reversed(list(enumerate(copies))):
        whole = _joined(made, copy, whole)
        if index >= least:  # when it takes nothing, no further one is tried
            whole = Part(whole.first, whole.last, 1)
    return whole


def _loop(made: Automaton, part: Part, *, is_optional: bool) -> Part:
    _connect(made, part, part)
    return Part(part.first, part.last, 1 if is_optional else min(1, part.empty))


def _times(ways: Ways, factor: int) -> Ways:
    return {at: min(_MANY, count * factor) for at, count in ways.items()} if factor else {}


def _sum(one: Ways, other: Ways) -> Ways:
    both = dict(one)
    _add(both, other)
    return both


def _add(ways: Ways, more: Ways) -> None:
    for at, count in more.items():
        ways[at] = min(_MANY, ways.get(at, 0) + count)
