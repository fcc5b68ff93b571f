"""``jhub synth``: write the stacks as Terraform JSON."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.validation import draw_synthesis, synthesis_document
from jupyterhub_eks.cli.options import ChartDirs, Output, Place, Sources
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.orchestration.lock import held
from jupyterhub_eks.synth import synthesize


def synth(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Folder; default: the work folder."),
    ] = None,
    chart_dir: ChartDirs = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Use the result of an earlier run.")
    ] = True,
) -> None:
    """Write the stacks as Terraform JSON, without touching any account."""
    screen = Screen(as_json=output.json)
    project = open_project(sources, place, chart_dir or ())
    screen.notes(*project.notes)
    deployment = project.require()
    folder = out or project.workspace.terraform
    protect = deployment.settings.storage.keep_on_destroy
    # A deploy that runs must apply what it was begun with.
    lock = nullcontext() if out else held(project.workspace.lock, "synth")
    with lock:
        result = synthesize(deployment, folder, protect_data=protect, use_cache=cache)
    screen.result(draw_synthesis(result, folder))
    screen.document(synthesis_document(result, folder))
