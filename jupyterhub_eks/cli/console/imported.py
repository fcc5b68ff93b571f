"""An imported profile list as text and as JSON: what was written, and what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import draw_next, heading
from jupyterhub_eks.cli.console.errors import draw_problem, problem_document
from jupyterhub_eks.cli.console.places import this_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.foreign.importing import Imported
    from jupyterhub_eks.problems import Problem


def draw_losses(losses: Sequence[Problem]) -> Iterator[Text]:
    """Yield what could not be carried, or was chosen here."""
    if not losses:
        return
    yield heading("Not carried as it was, or chosen here")
    for loss in losses:
        yield Text("")
        yield from draw_problem(loss)
    yield Text("")


def draw_imported(imported: Imported, path: Path, region: str) -> Iterator[Text]:
    """Yield what was written, and what comes next.

    Args:
        imported: The list.
        path: Where it is.
        region: What the next command needs to mean the same region; or nothing.
    """
    profiles, pools = len(imported.profiles.profiles), len(imported.profiles.pools)
    counts = (
        f"{profiles} profile{'s' if profiles != 1 else ''} on {pools} "
        f"pool{'s' if pools != 1 else ''}"
    )
    lost = len(imported.losses)
    rest = f"; {lost} remark{'s' if lost != 1 else ''} above" if lost else "; nothing was lost"
    yield Text.assemble(("wrote ", "green"), str(path), f": {counts}{rest}")
    jhub = this_program()
    options = f" --profiles {path}" + (f" --region {region}" if region else "")
    yield from draw_next(
        "",
        [
            (f"{jhub} validate{options}", "check it with the rest"),
            (f"{jhub} profiles{options}", "machines, users on a node, prices"),
        ],
    )


def imported_document(imported: Imported, path: Path | None, region: str) -> dict[str, Any]:
    """Return the same for ``--json``."""
    return {
        "file": path,
        "region": region,
        "pools": list(imported.profiles.pools),
        "profiles": [each.name for each in imported.profiles.profiles],
        "losses": [problem_document(each) for each in imported.losses],
        "text": imported.text,
    }
