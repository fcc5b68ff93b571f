"""What was real in a deployment on this machine, kept beside it.

A deploy that finds the same as the one before says so in a line, and ``jhub status`` can say
it in full without a cluster to ask.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.reality import NOT_INSTALLED, Fact, draw_reality, draw_reality_again
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from rich.text import Text

    from jupyterhub_eks.workspace import Workspace


def read_reality(workspace: Workspace) -> tuple[Fact, ...]:
    """Return what the last deploy found; nothing if there was none, or it cannot be read."""
    try:
        known = json.loads(_path(workspace).read_text(encoding="utf-8"))
        return tuple(Fact(**{key: str(each[key]) for key in Fact._fields}) for each in known)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def known_reality(workspace: Workspace, missing: Iterable[str]) -> tuple[Fact, ...]:
    """Return what the last deploy found, with the releases that are not installed now.

    Args:
        workspace: The deployment.
        missing: Charts and versions of those releases.
    """
    kept = read_reality(workspace)
    lasting = [fact for fact in kept if fact.standing != NOT_INSTALLED]
    return tuple(sorted([*lasting, *not_installed(missing)], key=Fact.rank)) if kept else ()


def not_installed(missing: Iterable[str]) -> Iterator[Fact]:
    """Yield a fact for each chart that cannot be reached."""
    for name in dict.fromkeys(missing):
        yield Fact(NOT_INSTALLED, f"{name}: its chart cannot be reached", name)


def draw_news(workspace: Workspace, facts: tuple[Fact, ...], command: str) -> Iterator[Text]:
    """Yield what a deploy has found: in full if it is not what is kept, else in a line.

    Args:
        workspace: Where it is kept from now on.
        facts: What was found.
        command: What shows it in full.
    """
    if facts == read_reality(workspace):
        yield from draw_reality_again(facts, command)
        return
    yield from draw_reality(facts)
    _keep(workspace, facts)


def _keep(workspace: Workspace, facts: Iterable[Fact]) -> None:
    workspace.home.mkdir(parents=True, exist_ok=True)
    text = json.dumps([fact._asdict() for fact in facts], indent=1)
    replace_file(_path(workspace), text.encode())


def forget_reality(workspace: Workspace) -> None:
    """Let the next deploy say it in full."""
    _path(workspace).unlink(missing_ok=True)


def completed(
    found: Iterable[Fact],
    kept: Iterable[Fact],
    *,
    seen: Collection[str],
    wanted: Collection[str],
) -> tuple[Fact, ...]:
    """Return what a run found, with what an earlier one found of what this one left alone.

    Which releases are not installed is in the states, so every run has found it.

    Args:
        found: Facts of this run.
        kept: Facts of the run before.
        seen: The charts and stacks that this run has looked at.
        wanted: The charts and stacks that the deployment is made of.
    """
    left_alone = [
        fact
        for fact in kept
        if fact.standing != NOT_INSTALLED and fact.about in wanted and fact.about not in seen
    ]
    return tuple(sorted([*found, *left_alone], key=Fact.rank))


def _path(workspace: Workspace) -> Path:
    return workspace.home / "reality.json"
