"""``jhub charts``: the Helm charts that a deployment needs, and where they are."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.chart_places import (
    empty_folders,
    helm_source,
    kept_folders,
    place_of,
    remote_charts,
)
from jupyterhub_eks.cli.console.charts import (
    PullDisplay,
    charts_document,
    draw_charts,
    pulled_document,
    refuse_incomplete,
)
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import ChartDirs, Output, Sources
from jupyterhub_eks.cli.options import Place as Target
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.tools.chart_pulling import pull_all


def pull(
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder; made if need be.")],
    sources: Sources,
    place: Target,
    output: Output,
) -> None:
    """Fetch the charts that come from repositories, for machines that do not reach them.

    What is there already is kept; charts.json lists the SHA-256 of each. Give the folder to
    other commands with --chart-dir.
    """
    screen = Screen(as_json=output.json)
    project = open_project(sources, place)
    charts = remote_charts(all_releases(project.require()))
    with PullDisplay(screen, len(charts)) as display:
        pulled = pull_all(charts, directory, helm_source, display.done)
    refuse_incomplete(pulled, directory)
    screen.result([f"{len(pulled)} charts in {directory}; use them with --chart-dir {directory}"])
    screen.document(pulled_document(pulled, directory))


def list(  # noqa: A001 - the command's name
    *, sources: Sources, place: Target, output: Output, chart_dir: ChartDirs = None
) -> None:
    """Show each release, its chart, and where that is on this machine; asks no network."""
    screen = Screen(as_json=output.json)
    project = open_project(sources, place)
    screen.notes(*empty_folders(chart_dir or ()))
    kept = kept_folders(project.workspace)
    rows = [
        (release, place_of(release.chart, chart_dir or (), kept))
        for release in all_releases(project.require())
    ]
    screen.result(draw_charts(rows))
    screen.document(charts_document(rows))


ABOUT = "Fetch the Helm charts of a deployment, or show where they are."
COMMANDS = (pull, list)
