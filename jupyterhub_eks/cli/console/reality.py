"""What was real, line by line or in one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.cli.console.places import this_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REAL: Final = "real"
NOT_INSTALLED: Final = "not installed"
_ORDER: Final = (REAL, "missing", "stood in for", NOT_INSTALLED, "not there")
# What a part is stood in for by, or why it is not there.
_REASON: Final = re.compile(r", by |: ")


class Fact(NamedTuple):
    """One part of a run.

    Attributes:
        standing: ``real``, ``stood in for``, ``not installed``, ``not there`` or ``missing``.
        part: Which part, and by what it was stood in for.
        about: The chart or the stack whose deploy tells it; empty: every deploy does.
    """

    standing: str
    part: str
    about: str = ""

    def rank(self) -> int:
        """Return its place in a list."""
        return _ORDER.index(self.standing)


def draw_reality(facts: Sequence[Fact], title: str = "What was real") -> Iterator[Text]:
    """Yield, line by line, what of a run on this machine was real."""
    yield Text("")
    yield heading(title)
    yield from pairs((fact.standing, fact.part) for fact in facts)
    if any(fact.standing == NOT_INSTALLED for fact in facts):
        yield Text(f"  {charts_hint()}", "dim")


def draw_reality_again(facts: Sequence[Fact], command: str) -> Iterator[Text]:
    """Yield in a line what was not real, where nothing of it has changed since it was told.

    Args:
        facts: All that is known.
        command: What shows it in full.
    """
    said = []
    for standing in _ORDER:
        parts = [_REASON.split(fact.part)[0] for fact in facts if fact.standing == standing]
        if parts and standing != REAL:
            said.append(f"{standing}: {', '.join(parts)}")
    yield Text("")
    yield Text(f"what was real is as before; {'; '.join(said)}; in full: {command}")


def reality_document(facts: Sequence[Fact]) -> list[dict[str, str]]:
    """Return the same for ``--json``."""
    return [{"standing": fact.standing, "part": fact.part} for fact in facts]


def charts_hint() -> str:
    """Return how charts come to a machine that does not reach their repositories."""
    program = this_program()
    return (
        f"to bring the charts: {program} charts pull DIR where their repositories can be reached, "
        f"then {program} deploy with --chart-dir DIR here"
    )
