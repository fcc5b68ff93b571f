"""Commands at work on the deployments of an embedded AWS, and what those deployments hold."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.cli.cluster_choice import forget_choice
from jupyterhub_eks.cli.kept_reality import forget_reality
from jupyterhub_eks.cli.sources import deployed, deployments
from jupyterhub_eks.errors import LockedError, StateError
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.files import plane_files
from jupyterhub_eks.orchestration.lock import held
from jupyterhub_eks.orchestration.status import status
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AUDIT_LOG: Final = "kubernetes-audit.log"


@contextmanager
def at_rest(root: Path, command: str) -> Iterator[None]:
    """Keep every other command away from the deployments on the embedded AWS of ``root``.

    Also from one that is being deployed for the first time, of which no record tells yet.

    Raises:
        LockedError: A command works on one of them; names it.
    """
    with ExitStack() as locks:
        for home in sorted((root / "local").glob("*/")):
            locks.enter_context(held(Workspace(root, "local", home.name).lock, command))
        yield


def stop_local(root: Path, *, force: bool) -> bool:
    """Stop the embedded AWS of ``root`` and its clusters; return whether it ran.

    The control planes of its clusters are stopped with it: they ask it who a caller is.

    Args:
        root: Work folder.
        force: Also under a command that works on it.

    Raises:
        LockedError: A command works on it.
    """
    if force:
        return _stop(root)
    try:
        with at_rest(root, "local stop"):
            return _stop(root)
    except LockedError as error:
        error.hint = (
            "wait until it has finished, or stop it with Ctrl-C in its terminal;\n"
            "--force stops the embedded AWS all the same, and that run fails"
        )
        raise


def stop_if_unused(root: Path) -> bool:
    """Stop the embedded AWS when no deployment is left in it; return whether it was.

    A control plane that somebody started for something else goes on.
    """
    if any(deployed(root, "local")):
        return False
    try:
        with at_rest(root, "local stop"):
            return supervisor.stop(root)
    except LockedError:  # another one is being deployed into it
        return False


def _stop(root: Path) -> bool:
    control_plane.stop_all(root)
    return supervisor.stop(root)


def retire_cluster(workspace: Workspace, log_dir: Path) -> None:
    """Delete the control plane of a deployment of which nothing is left.

    What was done in it stays on record: its audit log is kept with the logs of the run.

    Raises:
        LocalClusterError: It does not end, or cannot be deleted.
    """
    control_plane.stop(workspace.root, workspace.name)
    audit = plane_files(workspace.root, workspace.name).audit
    if audit.is_file() and log_dir.is_dir():
        shutil.copy(audit, log_dir / AUDIT_LOG)
    control_plane.reset(workspace.root, workspace.name)
    forget_choice(workspace)
    forget_reality(workspace)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What an embedded AWS holds of one deployment.

    Attributes:
        deployment: Its name.
        resources: How many Terraform has in its states; None if they cannot be read.
        kept: How many hold data that the last destroy kept.
    """

    deployment: str
    resources: int | None
    kept: int = 0


def holdings(root: Path) -> tuple[Holding, ...]:
    """Return what the embedded AWS of ``root`` holds, by deployment, running or not."""
    return tuple(_holding(Workspace(root, "local", name)) for name in deployments(root, "local"))


def _holding(workspace: Workspace) -> Holding:
    try:
        report = status(workspace)
    except StateError:
        return Holding(deployment=workspace.name, resources=None)
    return Holding(
        deployment=workspace.name,
        resources=sum(stack.resources for stack in report.stacks),
        kept=len(report.kept),
    )
