"""``jhub status``: what is deployed."""

from jupyterhub_eks.cli.console.neighbours import draw_neighbours
from jupyterhub_eks.cli.console.screen import Screen, to_json
from jupyterhub_eks.cli.console.summaries import draw_status
from jupyterhub_eks.cli.neighbours import neighbours
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import elsewhere, find_project
from jupyterhub_eks.cli.wiring import running_instance
from jupyterhub_eks.orchestration.status import status as read_status


def status(sources: Sources, place: Place, output: Output) -> None:
    """Show what is deployed, from the record and the state files."""
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    report = read_status(project.workspace, running_instance(project.workspace))
    others = neighbours(project.workspace)
    screen.result(draw_status(report))
    screen.result(draw_neighbours(others))
    if not any(stack.resources for stack in report.stacks):
        screen.notes(*elsewhere(place))
    screen.document({**to_json(report), "others": to_json(others)})
