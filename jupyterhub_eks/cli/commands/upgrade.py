"""``jhub upgrade --check``: what is out of support, and in which order to move."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen, to_json
from jupyterhub_eks.cli.console.upgrades import draw_check
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import find_project
from jupyterhub_eks.cli.upgrade_check import check_project
from jupyterhub_eks.errors import EXIT_OK, EXIT_OUTDATED, UsageError
from jupyterhub_eks.upgrades.model import FAILING


def upgrade(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    check: Annotated[
        bool, typer.Option("--check", help="Say what is behind; changes nothing.")
    ] = False,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on", metavar="DATE", formats=["%Y-%m-%d"], help="Judge support on this day."
        ),
    ] = None,
) -> int:
    """Check what is out of support or behind, and in which order to move.

    Ends with 18 when something is out of support or behind a security release.
    """
    if not check:
        raise UsageError(
            "jhub upgrade changes nothing: it is `jhub deploy` that upgrades, in the right order",
            hint="jhub upgrade --check says what to edit before, and what users will notice",
        )
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    report = check_project(project, (on or datetime.now(UTC)).date())
    files = project.resolved.files
    where = str(files[0]) if len(files) == 1 else "the configuration"
    screen.result(draw_check(report, project.workspace.name, project.target, where))
    screen.document(
        {"deployment": project.workspace.name, "target": project.target, **to_json(report)}
    )
    return EXIT_OUTDATED if report.state in FAILING else EXIT_OK
