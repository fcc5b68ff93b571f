"""Tell before anybody logs in whether a regular expression can take ages to say no.

Python tries every way in which an expression can take the letters of a text. There are too many of
them when the ways multiply with each letter, or when several repeats share out the same letters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.automaton import automaton

if TYPE_CHECKING:
    from jupyterhub_eks.config.automaton import Automaton, Part

LONGEST_NAME: Final = 255
"""Letters of the longest text that is tried: the hub's names have no more."""
# A tenth of a second or so.
_MOST_WAYS: Final = 5_000_000
# What is done to find out; an expression that needs more is no simple one.
_MOST_STEPS: Final = 400_000
_NOT_IN_NAMES: Final = r"[\s/\x00-\x1f\x7f]"


def can_stall(pattern: str, flags: int = re.IGNORECASE) -> bool:
    """Whether some text of :data:`LONGEST_NAME` letters may keep a matcher busy for long.

    Args:
        pattern: A valid expression.
        flags: Of :mod:`re`, with which it is compiled.

    Raises:
        RecursionError: It is nested too deep.
    """
    made = automaton(pattern, flags)
    parts = (made.whole, *made.asides)
    return any(_shares_out(made, part) for part in parts) or _multiplies(made)


def takes_some_name(pattern: str, flags: int = re.IGNORECASE) -> bool:
    """Whether an expression takes any text of one letter or more, without spaces and slashes.

    Places, such as the border of a word, and what looks ahead count as given, so that ``True``
    may be too much.

    Raises:
        RecursionError: It is nested too deep.
    """
    made = automaton(pattern, flags)
    wanted = ~made.mask(_NOT_IN_NAMES)
    reached: set[int] = set()
    ahead = [at for at in made.whole.first if made.letters[at] & wanted]
    while ahead:
        at = ahead.pop()
        if at not in reached:
            reached.add(at)
            ahead += [after for after in made.follow[at] if made.letters[after] & wanted]
    return any(at in reached for at in made.whole.last)


def _shares_out(made: Automaton, part: Part) -> bool:
    """Whether a text of one letter, repeated, is taken in too many ways."""
    kinds = {
        tuple(at for at, letters in enumerate(made.letters) if letters >> bit & 1)
        for bit in range(len(made.alphabet))
    }
    return any(_ways(made, part, frozenset(kind)) > _MOST_WAYS for kind in kinds if kind)


def _ways(made: Automaton, part: Part, taking: frozenset[int]) -> int:
    """Return in how many ways the beginnings of such a text are taken, added up."""
    now = {at: count for at, count in part.first.items() if at in taking}
    total = steps = 0
    for _ in range(LONGEST_NAME):
        total += sum(now.values())
        if not now or total > _MOST_WAYS:
            break
        after: dict[int, int] = {}
        for at, count in now.items():
            for to, ways in made.follow[at].items():
                steps += 1
                if to in taking:
                    after[to] = after.get(to, 0) + count * ways
        if steps > _MOST_STEPS:
            return _MOST_WAYS + 1
        now = after
    return total


def _multiplies(made: Automaton) -> bool:
    """Whether two ways lead from a position back to it by the same letters."""
    for circle in _circles(made):
        inside = {at: {to for to in made.follow[at] if to in circle} for at in circle}
        if any(made.follow[at][to] > 1 for at in circle for to in inside[at]):
            return True
        if _splits_and_meets(made, inside):
            return True
    return False


def _splits_and_meets(made: Automaton, inside: dict[int, set[int]]) -> bool:
    """Whether two copies can leave one position apart, and come to one again."""
    seen = {(at, at) for at in inside}
    ahead = list(seen)
    steps = 0
    while ahead:
        pair = ahead.pop()
        for one in inside[pair[0]]:
            for other in inside[pair[1]]:
                steps += 1
                if steps > _MOST_STEPS:
                    return True
                if not made.letters[one] & made.letters[other]:
                    continue
                after = (one, other)
                if one == other:
                    if pair[0] != pair[1]:
                        return True
                    continue
                if after not in seen:
                    seen.add(after)
                    ahead.append(after)
    return False


def _circles(made: Automaton) -> list[set[int]]:
    """Return the positions that lead back to themselves, those of one circle together."""
    left = _without_ends(made)
    there = {at: _reached(made, at, left) for at in left}
    circles: list[set[int]] = []
    for at in left:
        if at in there[at] and not any(at in circle for circle in circles):
            circles.append({to for to in there[at] if at in there[to]})
    return circles


def _without_ends(made: Automaton) -> set[int]:
    """Return the positions without those from which no circle is reached."""
    before: list[list[int]] = [[] for _ in made.letters]
    for at, ways in enumerate(made.follow):
        for to in ways:
            before[to].append(at)
    ahead = [len(ways) for ways in made.follow]
    ends = [at for at, count in enumerate(ahead) if not count]
    left = set(range(len(made.letters))) - set(ends)
    while ends:
        for at in before[ends.pop()]:
            ahead[at] -= 1
            if not ahead[at]:
                left.discard(at)
                ends.append(at)
    return left


def _reached(made: Automaton, start: int, among: set[int]) -> set[int]:
    found: set[int] = set()
    ahead = [start]
    while ahead:
        for to in made.follow[ahead.pop()]:
            if to in among and to not in found:
                found.add(to)
                ahead.append(to)
    return found
