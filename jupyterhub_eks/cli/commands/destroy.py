"""``jhub destroy``: remove everything and prove that nothing is left."""

from typing import Annotated

import typer

from jupyterhub_eks.cli.closing import close_destroy
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.data_choice import choose_data, confirm_destroy, without_asking
from jupyterhub_eks.cli.options import Place, RunOutput, Sources, Yes
from jupyterhub_eks.cli.project import find_project, refuse_other_target
from jupyterhub_eks.cli.running import Run, require_terminal
from jupyterhub_eks.cli.wiring import connect
from jupyterhub_eks.orchestration.destroy import destroy as remove
from jupyterhub_eks.orchestration.reports import DestroyRequest


def destroy(
    *,
    sources: Sources,
    place: Place,
    output: RunOutput,
    yes: Yes = False,
    keep_data: Annotated[
        bool, typer.Option("--keep-data", help="Keep file system and backups.")
    ] = False,
    delete_data: Annotated[
        str | None,
        typer.Option(
            "--delete-data",
            metavar="NAME",
            help="Delete file system and backups too; NAME is the deployment's, as a safeguard.",
        ),
    ] = None,
    force_drain: Annotated[
        bool,
        typer.Option(
            "--force-drain",
            help="Delete pods that hold nodes, also those that a PodDisruptionBudget protects.",
        ),
    ] = False,
) -> None:
    """Remove everything in the right order and list what is left."""
    screen = Screen(as_json=output.json, verbose=output.verbose)
    project = find_project(sources, place)
    refuse_other_target(project)
    data = choose_data(project, keep=keep_data, delete=delete_data)
    if not yes:
        require_terminal(screen, "destroy", without_asking(project, data))
    with Run(screen) as run:
        connection = connect(project, run, screen, "destroy", parallelism=output.parallelism)
        request = DestroyRequest(
            confirm=lambda report: confirm_destroy(run, report, connection, data),
            keep_data=data.keep,
            unattended=yes,
            force_drain=force_drain,
        )
        if force_drain:
            screen.notes(
                "--force-drain: pods that keep a node from going are deleted, whatever protects "
                "them; unsaved work in them is lost"
            )
        report = remove(connection.context, project.deployment, request)
    close_destroy(screen, project, run.without_questions(report), data)
