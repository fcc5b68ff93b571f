"""``jhub validate``: every problem of the configuration at once, without any network."""

from jupyterhub_eks.cli.chart_places import empty_folders
from jupyterhub_eks.cli.checks import checks_with, values_check
from jupyterhub_eks.cli.console.errors import problem_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.validation import draw_validation, resolved_summary
from jupyterhub_eks.cli.options import ChartDirs, Output, Place, Sources
from jupyterhub_eks.cli.project import load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve


def validate(sources: Sources, place: Place, output: Output, chart_dir: ChartDirs = None) -> None:
    """Check both configuration files and report every problem at once."""
    screen = Screen(as_json=output.json)
    resolved = resolve(sources, work_dir(place), target_of(place))
    if resolved.note:
        screen.notes(resolved.note)
    screen.notes(*empty_folders(chart_dir or ()))
    values = values_check(chart_dir or ())
    loaded = load_config(resolved, checks_with(values))
    screen.result(draw_validation(loaded, values))
    screen.document(
        {
            "valid": True,
            "files": loaded.files,
            "summary": resolved_summary(loaded.deployment),
            "values": {"checked": values.checked, "not_checked": values.unchecked},
            "warnings": [problem_document(problem) for problem in loaded.warnings],
        }
    )
