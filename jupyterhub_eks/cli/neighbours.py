"""The other deployments of a work folder, so that none of them is taken for gone."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.cli.sources import deployed, deployments
from jupyterhub_eks.workspace import Workspace, default_work_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.workspace import TargetKind

TARGETS: Final[tuple[TargetKind, ...]] = ("local", "aws")


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Another deployment of the same work folder.

    Attributes:
        deployment: Its name.
        target: Kind of its target.
        data_only: Whether nothing but the data that a destroy kept is there.
        remove: Command that removes it.
    """

    deployment: str
    target: TargetKind
    data_only: bool
    remove: str


def neighbours(workspace: Workspace) -> tuple[Neighbour, ...]:
    """Return the other deployments beside ``workspace``, those on this machine first."""
    return tuple(
        _neighbour(Workspace(workspace.root, target, name), data_only=name not in alive)
        for target in TARGETS
        for alive in [deployed(workspace.root, target)]
        for name in deployments(workspace.root, target)
        if (target, name) != (workspace.target, workspace.name)
    )


def _neighbour(workspace: Workspace, *, data_only: bool) -> Neighbour:
    words = " ".join(_words(workspace, data_only=data_only))
    return Neighbour(
        deployment=workspace.name, target=workspace.target, data_only=data_only, remove=words
    )


def _words(workspace: Workspace, *, data_only: bool) -> Iterator[str]:
    """Yield the command that removes a deployment, whatever lies in the current folder."""
    yield "jhub destroy"
    if workspace.target == "local":
        yield "--local"
    yield from _folder(workspace.root)
    yield f"--name {quote(workspace.name)}"
    if data_only:
        yield f"--delete-data {quote(workspace.name)}"


def _folder(root: Path) -> Iterator[str]:
    if root != default_work_dir():
        yield f"--work-dir {quote(short_path(str(root)))}"
