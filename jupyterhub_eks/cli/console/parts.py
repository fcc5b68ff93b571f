"""The parts of a deployment as a table."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.places import from_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.cli.parts import Part


def draw_parts(jhub: str, parts: Sequence[Part], kubernetes: Sequence[str]) -> Iterator[Text]:
    """Yield a line per part: name, version, place; for a missing one how to get it."""
    names = max(len(name) for name in (*(part.name for part in parts), "Kubernetes"))
    numbers = max(len(part.version or "") for part in parts)
    yield _line("jhub", names, jhub)
    for part in parts:
        if part.version is None:
            yield _line(part.name, names, part.problem, "yellow")
            yield Text.assemble(" " * (names + 2), (part.remedy, "green"))
        else:
            where = f"  {_place(part.where)}" if part.where else ""
            line = _line(part.name, names, f"{part.version:<{numbers}}" if where else part.version)
            yield line.append(where, "dim")
    yield _line("Kubernetes", names, f"{', '.join(kubernetes)} on EKS")


def _line(name: str, width: int, text: str, style: str = "") -> Text:
    return Text.assemble((f"{name:<{width}}  ", "dim"), (text, style))


def _place(path: str) -> str:
    inside = path.startswith(f"{sys.prefix}{os.sep}")
    return "in the same environment" if inside else from_home(path)


def parts_document(jhub: str, parts: Sequence[Part], kubernetes: Sequence[str]) -> dict[str, Any]:
    """Return the same for ``--json``; the version of what was not found is null."""
    return {"jhub": jhub, "kubernetes": kubernetes, "parts": parts}
