"""The other deployments of a work folder, each with the command that removes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading
from jupyterhub_eks.cli.console.places import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.cli.neighbours import Neighbour


def draw_neighbours(others: Sequence[Neighbour]) -> Iterator[Text]:
    """Yield each and its command; nothing where there is none."""
    if not others:
        return
    yield Text("")
    yield heading("Also deployed from this work folder; to remove it:")
    for each in others:
        yield Text(f"  {_what(each)}")
        yield Text.assemble("      ", (as_typed(each.remove), "cyan"))


def _what(other: Neighbour) -> str:
    place = "the embedded AWS" if other.target == "local" else "AWS"
    return f"{other.deployment} on {place}{', kept data' if other.data_only else ''}"
