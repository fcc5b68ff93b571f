"""``jhub deploy``: bring the account to what the configuration says."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.closing import close_deploy
from jupyterhub_eks.cli.console.cost_lines import total_line
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.costing import estimate_today
from jupyterhub_eks.cli.object_checks import hold_objects
from jupyterhub_eks.cli.options import (
    ClusterOptions,
    Place,
    RunOutput,
    Selection,
    Sources,
    Yes,
)
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.cli.running import Run, require_terminal
from jupyterhub_eks.cli.wiring import connect
from jupyterhub_eks.orchestration.deploy import deploy as apply
from jupyterhub_eks.orchestration.reports import DeployRequest


def deploy(
    *,
    sources: Sources,
    place: Place,
    cluster: ClusterOptions,
    output: RunOutput,
    selection: Selection,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="DIR", help="Apply exactly the plans kept in DIR."),
    ] = None,
    yes: Yes = False,
) -> None:
    """Create or change everything, in parallel, after showing the plan."""
    screen = Screen(as_json=output.json, verbose=output.verbose)
    unattended = yes or place.local or plan is not None
    if not unattended:
        hint = "look at the plan first (jhub plan), then give jhub deploy the option --yes"
        require_terminal(screen, "deploy", hint)
    project = open_project(sources, place, cluster.chart_dir or ())
    # On this machine it carries the releases, or renders those that cannot be applied.
    hold_objects(screen, project, cluster.chart_dir or (), brings_helm=place.local)
    with Run(screen) as run:
        connection = connect(
            project,
            run,
            screen,
            "deploy",
            parallelism=output.parallelism,
            cluster=cluster,
            asks=not yes,
        )
        if place.local and not yes:
            screen.notes("no confirmation is asked: on the embedded AWS nothing costs anything")
        if not place.local:
            screen.notes("AWS bills cluster, NAT gateway and nodes from the moment they exist")
        costs = total_line(estimate_today(project.require()))
        request = DeployRequest(
            confirm=lambda report: run.confirm(
                report, f"deploy this to {connection.where}? [y/N]", notes=(costs,)
            ),
            only=tuple(selection.stack or ()),
            changed=selection.changed,
            plan_dir=plan,
            unattended=unattended,
        )
        report = apply(connection.context, project.require(), request)
    close_deploy(screen, project, connection, run.without_questions(report))
