"""``jhub profiles``: what each profile runs on, and lists that others wrote."""

from jupyterhub_eks.cli.checks import PLACEMENT
from jupyterhub_eks.cli.commands.profiles_check import check
from jupyterhub_eks.cli.commands.profiles_import import import_
from jupyterhub_eks.cli.console.profiles import draw_profiles, profile_rows, profiles_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve, without_settings
from jupyterhub_eks.instances.catalog import catalog


def profiles(sources: Sources, place: Place, output: Output) -> None:
    """Show what each profile runs on, how many users share it, and what an hour costs.

    A profile that could start nowhere is an error, with the number that is missing.
    """
    screen = Screen(as_json=output.json)
    resolved = resolve(sources, work_dir(place), target_of(place))
    screen.notes(*filter(None, [without_settings(resolved)]))
    deployment = load_config(resolved, (PLACEMENT,)).deployment
    rows = profile_rows(deployment, catalog())
    screen.notes(*catalog().notes)
    screen.result(draw_profiles(rows, deployment.settings.region, screen.room))
    screen.document(profiles_document(rows, deployment.settings.region))


ALONE = profiles
COMMANDS = (check, import_)
