"""``jhub eject``: plain Terraform for people who go on without jhub."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import open_project
from jupyterhub_eks.cli.wiring import synthesize_stacks
from jupyterhub_eks.orchestration.eject import eject as write_stacks


def eject(
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    sources: Sources,
    place: Place,
    output: Output,
) -> None:
    """Write the stacks as plain Terraform with a README, to go on without jhub."""
    screen = Screen(as_json=output.json)
    project = open_project(sources, place)
    screen.notes(*project.notes)
    nodes = write_stacks(synthesize_stacks, project.require(), directory)
    names = " ".join(node.name for node in nodes)
    screen.result([f"wrote {len(nodes)} stacks into {directory}: {names}"])
    screen.notes(f"{directory}/README.md says in which order to apply them")
    screen.document({"directory": directory, "stacks": nodes})
