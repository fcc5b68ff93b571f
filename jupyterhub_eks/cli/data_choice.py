"""Whether ``destroy`` deletes users' files, and how carefully that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.cli.running import Run
    from jupyterhub_eks.cli.wiring import Connection
    from jupyterhub_eks.orchestration.reports import PlanReport


@dataclass(frozen=True)
class DataChoice:
    """What happens to file system and backups, and why, as a sentence."""

    keep: bool
    reason: str


def choose_data(project: Project, *, keep: bool, delete: str | None) -> DataChoice:
    """Decide about the data.

    Raises:
        UsageError: ``--keep-data`` and ``--delete-data`` were both given.
        RefusedError: ``--delete-data`` names another deployment.
    """
    name = project.workspace.name
    if keep and delete is not None:
        raise UsageError("--keep-data and --delete-data exclude each other", hint="give one")
    if delete is not None and delete != name:
        raise RefusedError(
            f"--delete-data names {delete!r}, and this deployment is {name!r}",
            hint=f"to delete the files of all users: --delete-data {name}",
        )
    if keep:
        return DataChoice(keep=True, reason="users' files: kept (--keep-data)")
    if delete is not None:
        return DataChoice(keep=False, reason="users' files: deleted (--delete-data)")
    if project.target == "local":
        return DataChoice(
            keep=False, reason="users' files: deleted; on the embedded AWS they are only pretend"
        )
    deployment = project.deployment
    if deployment is None or deployment.settings.storage.keep_on_destroy:
        return DataChoice(keep=True, reason="users' files: kept (storage.keep_on_destroy)")
    return DataChoice(keep=False, reason="users' files: deleted (storage.keep_on_destroy is false)")


def without_asking(project: Project, choice: DataChoice) -> str:
    """Return how to destroy where nobody can answer, and what that does with the data."""
    name = project.workspace.name
    data = (
        f"it keeps users' files and backups (--delete-data {name} removes them too)"
        if choice.keep
        else "it removes users' files and backups too (--keep-data keeps them)"
    )
    return f"give the same command the option --yes;\n{data}"


def confirm_destroy(
    run: Run, report: PlanReport, connection: Connection, choice: DataChoice
) -> bool:
    """Ask before a destroy; where real files go, the deployment's name has to be typed."""
    name = report.deployment
    if choice.keep or not connection.account:
        question = f"{choice.reason}.\ndestroy this on {connection.where}? [y/N]"
        return run.confirm(report, question)
    question = (
        f"{choice.reason}, and nothing brings them back.\n"
        f"destroy this on {connection.where}? Type the name {name} to go on:"
    )
    return run.confirm(report, question, answer=name)
