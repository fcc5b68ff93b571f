"""``jhub output``: the outputs of the deployed stacks."""

from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.summaries import draw_outputs, nothing_deployed
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import elsewhere, find_project
from jupyterhub_eks.cli.wiring import state_puller
from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.orchestration.output import outputs


def output(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    stack: Annotated[str | None, typer.Argument(metavar="STACK", help="Only this stack.")] = None,
    show_sensitive: Annotated[
        bool, typer.Option("--show-sensitive", help="Show secrets instead of hiding them.")
    ] = False,
) -> None:
    """Print the outputs of the deployed stacks."""
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    values = outputs(project.workspace, show_sensitive=show_sensitive, pull=state_puller(project))
    if stack is not None and stack not in values:
        known = f"stacks: {', '.join(values)}" if values else "nothing is deployed yet: jhub deploy"
        raise UsageError(f"there are no outputs of a stack {stack!r}", hint=known)
    chosen = values if stack is None else {stack: values[stack]}
    if not chosen:
        screen.info(nothing_deployed(project.workspace.name, project.target))
        screen.notes(*elsewhere(place))
    screen.result(draw_outputs(chosen))
    screen.document(values if stack is None else values[stack])
