"""``jhub secrets``: what is secret in a deployment, and new values for it."""

import os
import sys
from functools import cache
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.secrets import (
    draw_known,
    draw_rotated,
    known_document,
    rotated_document,
)
from jupyterhub_eks.cli.hub_access import hub_url
from jupyterhub_eks.cli.options import Output, Place, Sources, Yes
from jupyterhub_eks.cli.people import cluster_of
from jupyterhub_eks.cli.project import Project, find_project
from jupyterhub_eks.cli.running import require_terminal
from jupyterhub_eks.cli.secret_reader import RealSecrets, nobody, typed_unseen
from jupyterhub_eks.cli.wiring import reach_target, region_of
from jupyterhub_eks.errors import RefusedError, UsageError
from jupyterhub_eks.orchestration import lock
from jupyterhub_eks.orchestration.hub_secrets import HubSecret
from jupyterhub_eks.orchestration.rotating import Vault, require_all


def list_(*, sources: Sources, place: Place, output: Output) -> None:
    """List the secrets: where each lives, when it was made, who uses it. Never their values."""
    screen, project = _begin(sources, place, output)
    known = _vault(screen, project).known()
    screen.result(draw_known(known, screen.terminal.width, project.typed))
    screen.document({"secrets": known_document(known)})


def show(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    chosen: Annotated[str, typer.Argument(metavar="NAME", help="A password, as `list` names it.")],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Print it also where no terminal shows it.")
    ] = False,
) -> None:
    """Print a generated password, which people need to log in."""
    screen, project = _begin(sources, place, output)
    vault = _vault(screen, project)
    (secret,) = vault.choose([chosen])
    _refuse_to_show(secret, project)
    if not yes and (output.json or not sys.stdout.isatty()):
        raise UsageError(
            "a password is printed on a terminal only",
            cause="what is printed here goes into a file, a pipe or a log",
            hint="give --yes if it is to go there",
        )
    screen.notes(f"{secret.name}: {secret.what}")
    value = vault.value(secret)
    screen.result([value])
    screen.document({"name": secret.name, "value": value})


def rotate(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Secrets; all of them if none.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Make new values and restart what uses them.

    Client secrets are read from their places again.
    A run that was killed is gone on with by the same command.
    """
    screen, project = _begin(sources, place, output)
    target, _ = reach_target(project)
    may_ask = screen.terminal.interactive and not (yes or dry_run)
    reader = RealSecrets(
        environ=os.environ,
        target=target,
        region=region_of(project),
        prompt=cache(typed_unseen) if may_ask else nobody,
    )
    vault = _vault(screen, project)
    chosen = vault.choose(names or ())
    planned = vault.rotate(chosen, reader, dry_run=True)
    screen.result(draw_rotated(planned, dry_run=True) if dry_run else [])
    if dry_run:
        screen.document({"secrets": rotated_document(planned), "dry_run": True})
        return
    if names:
        require_all(planned)
    if not yes:
        require_terminal(screen, "secrets rotate", "look with --dry-run, then give --yes")
        screen.info(*draw_rotated(planned, dry_run=True))
        if screen.ask("rotate these? [y/N]").strip().lower() not in {"y", "yes"}:
            raise RefusedError("nothing was changed", cause="the answer was no")
    with lock.held(project.workspace.lock, "secrets rotate"):
        done = _vault(screen, project).rotate(chosen, reader)
    screen.result(draw_rotated(done, dry_run=False))
    screen.document({"secrets": rotated_document(done), "dry_run": False})


COMMANDS = (list_, show, rotate)


def _begin(sources: Sources, place: Place, output: Output) -> tuple[Screen, Project]:
    screen = Screen(as_json=output.json)
    project = find_project(sources, place)
    screen.notes(*project.notes)
    return screen, project


def _vault(screen: Screen, project: Project) -> Vault:
    hub_url(project)  # else there may be no Kubernetes behind what AWS calls the cluster
    api = cluster_of(project, screen.notes)
    return Vault(api, project.require().settings.auth)


def _refuse_to_show(secret: HubSecret, project: Project) -> None:
    if secret.may_show:
        return
    raise RefusedError(
        f"{secret.name} is not shown",
        cause="nobody has to type it"
        if secret.origin == "generated"
        else f"it was not made here, and lives in {secret.where}",
        hint=f"{project.typed('secrets list')} shows what there is",
    )
