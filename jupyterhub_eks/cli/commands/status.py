"""``jhub status``: what is deployed."""

from jupyterhub_eks.cli.console.neighbours import draw_neighbours
from jupyterhub_eks.cli.console.reality import draw_reality, reality_document
from jupyterhub_eks.cli.console.screen import Screen, to_json
from jupyterhub_eks.cli.console.summaries import draw_status
from jupyterhub_eks.cli.kept_reality import known_reality
from jupyterhub_eks.cli.neighbours import neighbours
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import elsewhere, find_project
from jupyterhub_eks.cli.wiring import running_instance
from jupyterhub_eks.orchestration.status import status as read_status


def status(sources: Sources, place: Place, output: Output) -> None:
    """Show what is deployed, from the record and the state files.

    With --local also what of it is real, and what was stood in for.
    """
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    report = read_status(project.workspace, running_instance(project.workspace))
    others = neighbours(project.workspace)
    is_deployed = any(stack.resources for stack in report.stacks)
    screen.result(draw_status(report))
    missing = [name for stack in report.stacks for name in stack.not_installed]
    reality = known_reality(project.workspace, missing) if is_deployed else ()
    if reality:
        screen.result(draw_reality(reality, "What of it is real"))
    screen.result(draw_neighbours(others))
    if not is_deployed:
        screen.notes(*elsewhere(place))
    parts = {"reality": reality_document(reality), "others": to_json(others)}
    screen.document({**to_json(report), **parts})
