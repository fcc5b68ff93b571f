"""``jhub plan``: what a deploy would do."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.cost_documents import short_document
from jupyterhub_eks.cli.console.cost_lines import draw_short
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.console.plans import draw_plan
from jupyterhub_eks.cli.console.reality import charts_hint
from jupyterhub_eks.cli.console.screen import Screen, to_json
from jupyterhub_eks.cli.console.summaries import draw_unapplied
from jupyterhub_eks.cli.costing import estimate_today
from jupyterhub_eks.cli.object_checks import hold_objects
from jupyterhub_eks.cli.options import (
    ClusterOptions,
    Place,
    RunOutput,
    Selection,
    Sources,
)
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.cli.running import Run
from jupyterhub_eks.cli.wiring import connect
from jupyterhub_eks.errors import EXIT_CHANGES
from jupyterhub_eks.orchestration.plan import plan as make_plan


def plan(
    *,
    sources: Sources,
    place: Place,
    cluster: ClusterOptions,
    output: RunOutput,
    selection: Selection,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Keep the plans for `jhub deploy --plan DIR`."),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 11 when there are changes.")
    ] = False,
) -> None:
    """Show what a deploy would create, change and remove."""
    screen = Screen(as_json=output.json, verbose=output.verbose)
    project = open_project(sources, place, cluster.chart_dir or ())
    hold_objects(screen, project, cluster.chart_dir or ())
    with Run(screen) as run:
        connection = connect(
            project, run, screen, "plan", parallelism=output.parallelism, cluster=cluster
        )
        report = make_plan(
            connection.context,
            project.require(),
            only=tuple(selection.stack or ()),
            changed=selection.changed,
            out=out,
        )
    screen.result(["", *draw_plan(report, screen.terminal.glyphs, screen.terminal.width)])
    screen.result(draw_unapplied(report.unapplied))
    if charts := connection.reached.charts:
        screen.notes(*charts.newly_kept)
    if any(each.action == "skip" for stack in report.stacks for each in stack.releases):
        screen.notes(charts_hint())
    costs = estimate_today(project.require())
    screen.result(["", *draw_short(costs)])
    if out:
        command = f"{this_program()} deploy{project.options} --plan {out}"
        screen.notes(f"plans kept in {out}; apply exactly these: {command}")
    elif report.has_changes:
        screen.notes(f"{this_program()} deploy with the same options does this")
    screen.document(
        {**to_json(report), "has_changes": report.has_changes, "cost": short_document(costs)}
    )
    if exit_code and report.has_changes:
        raise typer.Exit(EXIT_CHANGES)
