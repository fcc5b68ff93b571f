"""Which deployment a command is about, with its configuration if that can be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.cli.sources import (
    DEFAULT_FILE,
    DEFAULT_PROFILES,
    Resolved,
    deployments,
    resolve,
)
from jupyterhub_eks.config.load import ConfigSources, LoadedConfig, load
from jupyterhub_eks.config.opening import PAST_PIPE
from jupyterhub_eks.errors import ConfigError, StateError, UsageError
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.workspace import Workspace, default_work_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jupyterhub_eks.cli.options import Place, Sources
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.load import Check
    from jupyterhub_eks.workspace import TargetKind


@dataclass(frozen=True, kw_only=True)
class Project:
    """A deployment on a target.

    Attributes:
        workspace: Where its files lie.
        resolved: From which files and flags it comes.
        loaded: Its configuration; None if it cannot be read any more.
        notes: Lines for the user about how this was found.
    """

    workspace: Workspace
    resolved: Resolved
    loaded: LoadedConfig | None
    notes: tuple[str, ...] = ()

    @property
    def target(self) -> TargetKind:
        """Kind of the target."""
        return self.workspace.target

    @property
    def flag(self) -> str:
        """What a suggested command needs to find the same deployment, or nothing."""
        local = " --local" if self.target == "local" else ""
        root = self.workspace.root
        folder = "" if root == default_work_dir() else f" --work-dir {quote(short_path(str(root)))}"
        several = len(deployments(root, self.target)) > 1
        name = f" --name {self.workspace.name}" if self.resolved.name or several else ""
        return f"{local}{folder}{name}"

    @property
    def options(self) -> str:
        """What a suggested command needs for the same deployment and configuration."""
        resolved = self.resolved
        named = [("-f", path) for path in resolved.files if path != DEFAULT_FILE]
        if len(resolved.files) > 1:  # an overlay needs what it lies on
            named = [("-f", path) for path in resolved.files]
        if resolved.profiles and (resolved.files or resolved.profiles != DEFAULT_PROFILES):
            named.append(("--profiles", resolved.profiles))
        files = "".join(f" {option} {quote(short_path(str(path)))}" for option, path in named)
        flags = "".join(f" --{flag} {quote(value)}" for flag, value in resolved.flags.items())
        return f"{self.flag}{files}{flags}"

    def typed(self, command: str) -> str:
        """Return a command that means this deployment, e.g. ``jhub users list --local``."""
        return f"jhub {command}{self.options}"

    @property
    def deployment(self) -> Deployment | None:
        """The configuration, without what came with loading it."""
        return self.loaded.deployment if self.loaded else None

    def require(self) -> Deployment:
        """Return the configuration of a project that was opened, which always has one.

        Raises:
            UsageError: It was found by its record alone.
        """
        if self.loaded is None:
            raise UsageError(
                f"the configuration of {self.workspace.name} cannot be read",
                hint="name its files with -f",
            )
        return self.loaded.deployment


def work_dir(place: Place) -> Path:
    """Return the work folder that is meant, as an absolute path."""
    return place.work_dir.absolute() if place.work_dir else default_work_dir()


def elsewhere(place: Place) -> tuple[str, ...]:
    """Return a line for where nothing is deployed: the other target, or how to begin."""
    names = deployments(work_dir(place), "aws" if place.local else "local")
    if not names:
        return ("jhub deploy makes it; --local tries it on this machine, without an account",)
    where, how = ("AWS", "without") if place.local else ("the embedded AWS", "with")
    return (f"deployed on {where}: {', '.join(names)} (the same command {how} --local)",)


def target_of(place: Place) -> TargetKind:
    """Return the kind of target that is meant."""
    return "local" if place.local else "aws"


def load_config(resolved: Resolved, checks: Iterable[Check] = ()) -> LoadedConfig:
    """Read the files and flags that are meant.

    Raises:
        ConfigError: They are invalid; carries every problem, those of ``checks`` too.
    """
    return load(
        ConfigSources(
            files=resolved.files, profiles=resolved.profiles, overrides=resolved.overrides
        ),
        checks,
    )


def open_project(sources: Sources, place: Place, chart_dirs: Sequence[Path] = ()) -> Project:
    """Return the deployment that is meant, whose configuration must be valid.

    Args:
        sources: Files and flags.
        place: Target and work folder.
        chart_dirs: Folders with packaged charts, against which values are checked.

    Raises:
        ConfigError: It is not, or a chart or Karpenter would refuse what is made of it.
        StateError: The record cannot be read.
        ToolError: A packaged chart cannot be read, or is of another version.
    """
    from jupyterhub_eks.cli.chart_places import empty_folders  # noqa: PLC0415 - not for status
    from jupyterhub_eks.cli.checks import checks_with, values_check  # noqa: PLC0415 - as above

    project = _open(sources, place, checks_with(values_check(chart_dirs)))
    return replace(project, notes=(*project.notes, *empty_folders(chart_dirs)))


def _open(sources: Sources, place: Place, checks: Iterable[Check] = ()) -> Project:
    root, target = work_dir(place), target_of(place)
    resolved = resolve(sources, root, target)
    if resolved.is_unknown:
        raise StateError(
            f"the record of {resolved.deployment} is gone: what it was deployed from is not known",
            cause="with other settings, resources of it would be removed",
            hint="name its configuration with -f, or its login with --auth",
        )
    _require_remembered(resolved)
    loaded = load_config(resolved, checks)
    name, former = loaded.deployment.name, resolved.deployment
    notes: tuple[str, ...] = (resolved.note,) if resolved.note else ()
    if former and former != name:
        notes += (f"{former} was deployed from here; {name} is another deployment beside it",)
    workspace = Workspace(root, target, name)
    return Project(workspace=workspace, resolved=resolved, loaded=loaded, notes=notes)


def _require_remembered(resolved: Resolved) -> None:
    """Say of a file that nobody named why it is looked for.

    Raises:
        ConfigError: The deployment was made from it, and it is gone.
    """
    if not resolved.deployment:
        return
    problems = [
        Problem(
            path="",
            message=f"there is no such file, and {resolved.deployment} was deployed from it",
            hint="bring it back, or name the configuration with -f",
            file=str(path),
        )
        for path in resolved.files
        if str(path) != PAST_PIPE and not os.path.lexists(path)
    ]
    if problems:
        raise ConfigError(problems)


def find_project(sources: Sources, place: Place) -> Project:
    """Return the deployment that is meant, also if its configuration is gone or broken.

    Raises:
        UsageError: Several deployments could be meant.
    """
    root, target = work_dir(place), target_of(place)
    resolved = resolve(sources, root, target)
    known = deployments(root, target)
    if not (resolved.files or resolved.overrides or resolved.deployment) and len(known) > 1:
        raise UsageError(
            f"which deployment is meant? There are {', '.join(known)}",
            hint=f"name it, for example --name {known[0]}",
        )
    if resolved.is_unknown:
        note = "its record is gone; going by Terraform's states"
        workspace = Workspace(root, target, resolved.deployment)
        return Project(workspace=workspace, resolved=resolved, loaded=None, notes=(note,))
    try:
        return _open(sources, place)
    except ConfigError as error:
        if not resolved.deployment:
            raise
        first = error.problems[0]
        about = ": ".join(filter(None, (first.file, first.path, first.message)))
        note = f"going by what was deployed last, for the configuration is invalid ({about})"
        workspace = Workspace(root, target, resolved.deployment)
        return Project(workspace=workspace, resolved=resolved, loaded=None, notes=(note,))


def refuse_other_target(project: Project) -> None:
    """Spare somebody who forgot ``--local`` the search for credentials.

    Raises:
        UsageError: Nothing is deployed to AWS from here, but something on the embedded AWS.
    """
    root = project.workspace.root
    shared = project.deployment and project.deployment.settings.state.backend != "local"
    if project.target == "local" or shared or deployments(root, "aws"):
        return
    if local := deployments(root, "local"):
        raise UsageError(
            "nothing is deployed to AWS from this folder",
            cause=f"on the embedded AWS: {', '.join(local)}",
            hint="give the command the option --local",
        )
