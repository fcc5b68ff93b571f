"""Which control plane of this machine a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.cli.cluster_choice import ClusterChoice
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.options import Place, Sources
from jupyterhub_eks.cli.project import find_project
from jupyterhub_eks.errors import RefusedError, StateError, UsageError
from jupyterhub_eks.local.cluster.files import plane_files, planes
from jupyterhub_eks.local.cluster.model import PlaneSettings
from jupyterhub_eks.orchestration.lock import held
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.workspace import Workspace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.project import Project


def wanted_plane(screen: Screen, root: Path, name: str | None) -> PlaneSettings:
    """Return the control plane of the deployment that is meant, which need not exist yet.

    Raises:
        ConfigError: The configuration that names it is invalid.
        UsageError: Several deployments could be meant.
    """
    project = find_project(Sources(name=name), Place(local=True, work_dir=root))
    screen.notes(*project.notes)
    return PlaneSettings(root=root, deployment=project.workspace.name, region=_region(project))


def _region(project: Project) -> str:
    if project.loaded is not None:
        return project.loaded.deployment.settings.region
    record = read_record(project.workspace.record)
    return record.region if record else ""


def existing_plane(root: Path, name: str | None) -> str | None:
    """Return the control plane that is named, or the only one there is; None if there is none.

    Raises:
        UsageError: There are several, or none of that name.
    """
    found = planes(root)
    if name is not None:
        plane_files(root, name)  # refuses what cannot be a name
        if name not in found:
            others = f"there are {', '.join(found)}" if found else "there is none at all"
            raise UsageError(f"there is no local Kubernetes named {name}", cause=others)
        return name
    if len(found) > 1:
        raise UsageError(
            f"which local Kubernetes is meant? There are {', '.join(found)}",
            hint=f"name it, for example --name {found[0]}",
        )
    return found[0] if found else None


def at_rest(root: Path, name: str, command: str) -> AbstractContextManager[None]:
    """Keep every other command away from the deployment whose cluster is stopped or emptied.

    Raises:
        LockedError: One works on it.
    """
    return held(Workspace(root, "local", name).lock, command)


def what_goes_with(root: Path, name: str) -> str:
    """Return what a reset takes from the deployment that lives in a cluster; empty: nothing."""
    workspace = Workspace(root, "local", name)
    choice = ClusterChoice.read(workspace)
    try:
        record = read_record(workspace.record)
    except StateError as error:
        return f"whether a deployment lives in it cannot be told: {error.message}"
    if choice is None or choice.context or record is None or not record.deployed:
        return ""
    return (
        f"the deployment {name} lives in it: what that has installed there goes too, until "
        f"{this_program()} deploy --local installs it again"
    )


def confirm_reset(screen: Screen, name: str, goes_too: str) -> None:
    """Ask before everything in a cluster is deleted.

    Args:
        screen: Where to ask.
        name: The cluster.
        goes_too: What else to say of it.

    Raises:
        RefusedError: The answer was no.
        UsageError: There is no terminal to ask on.
    """
    if not screen.terminal.interactive:
        raise UsageError(
            f"this deletes all that the local Kubernetes {name} holds, and there is no terminal "
            "to ask on",
            cause=goes_too,
            hint=f"jhub local cluster reset --name {name} --yes",
        )
    screen.info(*filter(None, [goes_too]))
    answer = screen.ask(f"delete all that the local Kubernetes {name} holds? [y/N]")
    if answer.strip().lower() not in {"y", "yes"}:
        raise RefusedError("nothing was deleted", cause="the answer was no")
