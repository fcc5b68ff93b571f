"""``jhub validate``: every problem of the configuration at once, without any network."""

from jupyterhub_eks.cli.console.errors import problem_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.validation import draw_validation, resolved_summary
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve
from jupyterhub_eks.releases.checking import refuse_faulty_nodes


def validate(sources: Sources, place: Place, output: Output) -> None:
    """Check both configuration files and report every problem at once."""
    screen = Screen(as_json=output.json)
    resolved = resolve(sources, work_dir(place), target_of(place))
    if resolved.note:
        screen.notes(resolved.note)
    loaded = load_config(resolved)
    refuse_faulty_nodes(loaded.deployment)
    screen.result(draw_validation(loaded))
    screen.document(
        {
            "valid": True,
            "files": loaded.files,
            "summary": resolved_summary(loaded.deployment),
            "warnings": [problem_document(problem) for problem in loaded.warnings],
        }
    )
