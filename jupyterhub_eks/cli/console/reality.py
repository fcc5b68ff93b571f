"""What was real, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Fact(NamedTuple):
    """One part of a run.

    Attributes:
        standing: ``real``, ``stood in for``, ``not installed``, ``not there`` or ``missing``.
        part: Which part, and by what it was stood in for.
    """

    standing: str
    part: str


def draw_reality(facts: Sequence[Fact]) -> Iterator[Text]:
    """Yield, line by line, what of a run on this machine was real."""
    yield Text("")
    yield heading("What was real")
    yield from pairs(facts)
