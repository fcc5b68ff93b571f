"""``jhub render``: the values and manifests of all releases, to look at."""

import os
from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.chart_places import charts_of
from jupyterhub_eks.cli.console.charts import draw_rendered
from jupyterhub_eks.cli.console.objects import draw_held, held_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.object_checks import object_check, refuse_faulty
from jupyterhub_eks.cli.options import ChartDirs, Output, Sources
from jupyterhub_eks.cli.options import Place as Target
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.orchestration.rendering import check_own
from jupyterhub_eks.orchestration.rendering import render as write
from jupyterhub_eks.placement.told import told_of
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.tools.helm_binary import find_helm, refuse_to_bring
from jupyterhub_eks.tools.helm_template import HelmTemplate


def render(
    *,
    sources: Sources,
    place: Target,
    output: Output,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder; default: in the work folder."),
    ] = None,
    chart_dir: ChartDirs = None,
    fetch: Annotated[
        bool, typer.Option("--fetch/--no-fetch", help="Fetch what is not at hand: charts, Helm.")
    ] = True,
    check: Annotated[
        bool,
        typer.Option("--check", help="Hold the objects against the OpenAPI of Kubernetes."),
    ] = False,
) -> None:
    """Write the values and manifests of all releases, with placeholders and without secrets.

    A folder per release; manifests where its chart is at hand. Nothing is applied. With
    --check, what Kubernetes would refuse is reported at its line, as jhub validate does.
    """
    screen = Screen(as_json=output.json)
    project = open_project(sources, place, chart_dir or ())
    screen.notes(*project.notes)
    deployment = project.require()
    folder = out or project.workspace.rendered
    check_own(folder.resolve())
    held = object_check(screen, project, fetch=fetch) if check else None
    releases = all_releases(deployment, told_of(deployment, catalog()))
    template = None
    try:
        helm = find_helm(os.environ, bring=None if fetch else refuse_to_bring)
        template = HelmTemplate(helm=helm, kubernetes=deployment.settings.cluster.version)
    except ToolError as error:
        if check:
            raise
        screen.info(f"values only, no manifests: {error.message}", f"  do: {error.hint}")
    fetching = fetch and template is not None
    charts = charts_of(releases, chart_dir or (), project.workspace, screen if fetching else None)
    look = [held.look] if held else []
    done = write(deployment.name, releases, charts, template, folder, *look)
    screen.result(draw_rendered(done, folder))
    document = {"directory": folder, "placeholders": True, "releases": done}
    if held:
        held.unmade |= {each.release: each.problem for each in done if each.problem}
        refuse_faulty(project, held)
        screen.result(["", *draw_held(held)])
        document["check"] = held_document(held)
    screen.document(document)
