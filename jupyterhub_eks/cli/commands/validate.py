"""``jhub validate``: every problem of the configuration at once; ``--online`` asks the provider."""

from typing import Annotated

import typer

from jupyterhub_eks.cli.chart_places import empty_folders
from jupyterhub_eks.cli.checks import checks_with, values_check
from jupyterhub_eks.cli.console.errors import problem_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.validation import draw_validation, resolved_summary
from jupyterhub_eks.cli.options import ChartDirs, Output, Place, Sources
from jupyterhub_eks.cli.project import load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve
from jupyterhub_eks.config.load import Check


def validate(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    chart_dir: ChartDirs = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Ask the identity providers, whether they fit."),
    ] = False,
) -> None:
    """Check both configuration files and report every problem at once.

    Nothing is asked of any network, except with --online: the discovery document of each
    identity provider that is named.
    """
    screen = Screen(as_json=output.json)
    resolved = resolve(sources, work_dir(place), target_of(place))
    if resolved.note:
        screen.notes(resolved.note)
    screen.notes(*empty_folders(chart_dir or ()))
    values = values_check(chart_dir or ())
    checks, asked = checks_with(values), None
    if online:
        from jupyterhub_eks.oidc.online import OnlineCheck  # noqa: PLC0415 - only with the option

        providers = OnlineCheck()
        checks += (Check(find=providers.find, needs=frozenset({"auth"})),)
        asked = providers.asked
    loaded = load_config(resolved, checks)
    screen.result(draw_validation(loaded, values, asked))
    screen.document(
        {
            "valid": True,
            "files": loaded.files,
            "summary": resolved_summary(loaded.deployment),
            "values": {"checked": values.checked, "not_checked": values.unchecked},
            "providers": {"asked": asked},
            "warnings": [problem_document(problem) for problem in loaded.warnings],
        }
    )
