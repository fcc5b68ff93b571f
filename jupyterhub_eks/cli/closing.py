"""The end of ``deploy`` and ``destroy``: summary, next steps, exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from jupyterhub_eks.cli.console.blocks import draw_next
from jupyterhub_eks.cli.console.errors import error_document
from jupyterhub_eks.cli.console.neighbours import draw_neighbours
from jupyterhub_eks.cli.console.places import short_path, this_program
from jupyterhub_eks.cli.console.reality import reality_document
from jupyterhub_eks.cli.console.screen import to_json
from jupyterhub_eks.cli.console.summaries import draw_deploy, draw_destroy, draw_unapplied
from jupyterhub_eks.cli.first_login import first_login
from jupyterhub_eks.cli.kept_reality import draw_news
from jupyterhub_eks.cli.local_runs import retire_cluster, stop_if_unused
from jupyterhub_eks.cli.neighbours import neighbours
from jupyterhub_eks.cli.reality import reality_of
from jupyterhub_eks.cli.unapplied import render_unapplied
from jupyterhub_eks.errors import LeftoverError

if TYPE_CHECKING:
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.data_choice import DataChoice
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.cli.wiring import Connection
    from jupyterhub_eks.orchestration.reports import DeployReport, DestroyReport


def close_deploy(
    screen: Screen, project: Project, connection: Connection, report: DeployReport
) -> None:
    """Print what was deployed, what of it was real, and what comes next."""
    is_local = project.target == "local"
    reality = reality_of(project, connection, report.outputs) if is_local else ()
    shown_already = screen.terminal.live and screen.terminal.results_visible
    screen.result(draw_deploy(report, with_stacks=not shown_already))
    if charts := connection.reached.charts:
        screen.notes(*charts.newly_kept)
    if reality:
        in_full = f"{this_program()} status{project.flag}"
        screen.result(draw_news(project.workspace, reality, in_full))
    rendered = render_unapplied(screen, project) if report.unapplied else ()
    folder = short_path(str(project.workspace.rendered))
    screen.result(draw_unapplied(report.unapplied, rendered, folder))
    auth = project.require().settings.auth
    first = first_login(auth, report, this_program(), project.flag)
    commands = next_commands(report.waiting, this_program(), project.flag, first=first)
    if plane := connection.reached.plane:
        shell = (f"export KUBECONFIG={short_path(str(plane.kubeconfig))}", "for kubectl")
        commands = (*commands[:-1], shell, commands[-1])
    screen.result(draw_next(short_path(str(report.log_dir)), commands))
    facts = reality_document(reality)
    screen.document({**to_json(report), "reality": facts, "rendered": to_json(rendered)})


def next_commands(
    waiting: tuple[str, ...],
    jhub: str,
    flags: str,
    *,
    first: tuple[tuple[str, str], ...] = (),
) -> tuple[tuple[str, str], ...]:
    """Return what to call after a deploy and why.

    Args:
        waiting: Stacks that the reviewed plan left out; then planning again comes first.
        jhub: How this program is called.
        flags: What the commands need to mean the same deployment, or nothing.
        first: What lets the first person in, and why.
    """
    again = (
        f"{jhub} plan{flags} --out next-plans",
        f"plan again: {', '.join(waiting)} had to wait",
    )
    return (
        *([again] if waiting else []),
        *first,
        (f"{jhub} status{flags}", "what is deployed"),
        (f"{jhub} output{flags}", "ids and addresses of it"),
        (f"{jhub} plan{flags}", "what a change of the files would do"),
        (f"{jhub} destroy{flags}", "remove all of it"),
    )


def close_destroy(
    screen: Screen, project: Project, report: DestroyReport, choice: DataChoice
) -> None:
    """Print what was removed, kept and left, and which other deployments live on.

    Raises:
        typer.Exit: With the code of :class:`LeftoverError` when something is left.
    """
    shown_already = screen.terminal.live and screen.terminal.results_visible
    others = neighbours(project.workspace)
    screen.result(draw_destroy(report, with_stacks=not shown_already, is_only_one=not others))
    screen.result(draw_neighbours(others))
    screen.notes("", choice.reason, f"logs: {short_path(str(report.log_dir))}")
    document = to_json(report) | {"data": choice.reason, "others": to_json(others)}
    if not report.left:
        if project.target == "local":
            retire_cluster(project.workspace, report.log_dir)
        if project.target == "local" and stop_if_unused(project.workspace.root):
            rest = "it keeps the data named above" if report.kept else "nothing is left in it"
            screen.notes(f"the embedded AWS is stopped: {rest}")
        screen.document(document)
        return
    error = LeftoverError(
        f"{len(report.left)} resources of {report.deployment} still exist",
        cause="they carry its tag or name and were not removed, see the list above",
        hint=f"run jhub destroy{project.flag} again; if they stay, delete them by hand",
        log=str(report.log_dir),
    )
    if screen.as_json:
        screen.document(document | error_document(error))
    else:
        screen.error(error)
    raise typer.Exit(error.exit_code)
