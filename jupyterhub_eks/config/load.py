"""Read the files, lay them over each other, check everything, return one deployment.

Nothing stops at the first problem: unreadable files, wrong values and broken
rules are collected and raised together.
"""

from __future__ import annotations

import gc
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.document import (
    EMPTY,
    KeyPath,
    MapNode,
    Place,
    dotted,
    place_of,
    problem_at,
)
from jupyterhub_eks.config.flags import in_words_of
from jupyterhub_eks.config.kinds import not_profiles, not_settings
from jupyterhub_eks.config.lookup import PROFILE_KEYS
from jupyterhub_eks.config.merge import flags_layer, merge_all
from jupyterhub_eks.config.opening import is_stream
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.reader import ReadError, read_file
from jupyterhub_eks.config.repair import Paths, check_model
from jupyterhub_eks.config.rules import Finding, check
from jupyterhub_eks.config.sound import APART, without_faulty
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

PROFILES_NAME: Final = "profiles.yaml"
_LONGEST_TEXT: Final = 600
_LONGEST_PATH: Final = 200


@dataclass(frozen=True, kw_only=True)
class ConfigSources:
    """Where the configuration comes from, in rising order of precedence.

    Attributes:
        files: ``jhub.yaml`` and overlays; none means defaults.
        profiles: ``profiles.yaml``; ``None`` takes the one beside the first file, if any.
        overrides: Dotted key to value, from command-line flags, e.g. ``auth.type``.
            ``None`` as value means that the flag was not given.
    """

    files: tuple[Path, ...] = ()
    profiles: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check of a deployment that knows more than the configuration, e.g. Helm charts.

    Attributes:
        find: Yields what is wrong.
        needs: Keys at the top of the files that must be right before it makes sense;
            ``None``: all of them.
        is_by_profile: Whether it judges each profile with its pool by itself, so that it makes
            sense for the others when one is wrong.
    """

    find: Callable[[Deployment], Iterable[Finding]]
    needs: frozenset[str] | None = None
    is_by_profile: bool = False


@dataclass(frozen=True, kw_only=True)
class LoadedConfig:
    """A valid configuration.

    Attributes:
        deployment: Both files, checked together.
        warnings: What is allowed but probably not meant.
        files: Files that were read, profiles last.
        trees: Where everything was written: settings and profiles.
    """

    deployment: Deployment
    warnings: tuple[Problem, ...]
    files: tuple[Path, ...]
    trees: tuple[MapNode, MapNode] = field(default=(EMPTY, EMPTY), repr=False)

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Report what was found out later, at the places where it was written.

        Raises:
            ConfigError: There is anything to report.
        """
        problems = sorted(map(_finished, _rule_problems(findings, self.trees, [])), key=_order)
        if problems:
            raise ConfigError(problems)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let Python look for no cycles meanwhile: trees and models have none.

    It would look at all of them again and again, a quarter of the time of a large file.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_uncollected()
def load(sources: ConfigSources, checks: Iterable[Check] = ()) -> LoadedConfig:
    """Return the configuration of ``sources``.

    Args:
        sources: Files and flags.
        checks: What is checked besides, one after the other; all findings are reported
            together.

    Raises:
        ConfigError: Anything at all is wrong; carries every problem.
    """
    reading = _Reading()
    layers = [reading.read(path, not_settings) for path in sources.files]
    layers.append(flags_layer(sources.overrides))
    settings_tree, warnings = merge_all(layers)
    settings_broken = reading.is_broken
    profiles_path = _profiles_path(sources)
    profiles_tree = reading.read(profiles_path, not_profiles) if profiles_path else EMPTY
    profiles_tree, _ = merge_all([profiles_tree])
    profiles_broken = reading.is_broken and not settings_broken

    settings = check_model(DeploymentFile, settings_tree)
    profiles = check_model(ProfilesFile, profiles_tree)
    problems = reading.problems + settings.problems + profiles.problems + list(warnings)
    if not settings_broken:
        skipped = settings.dropped + profiles.dropped + reading.doubled
        if profiles_broken:
            skipped += [(key,) for key in PROFILE_KEYS]
        trees = (settings_tree, profiles_tree)
        deployment = Deployment(settings=settings.model, profiles=profiles.model)
        problems += _rule_problems(check(deployment), trees, skipped)
        for each in checks:
            if ground := _ground(each, deployment, problems, skipped):
                problems += _rule_problems(each.find(ground[0]), trees, skipped + ground[1])
    problems = sorted(map(_finished, problems), key=_order)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return LoadedConfig(
        deployment=Deployment(settings=settings.model, profiles=profiles.model),
        warnings=tuple(problems),
        files=tuple(reading.files),
        trees=(settings_tree, profiles_tree),
    )


def _profiles_path(sources: ConfigSources) -> Path | None:
    if sources.profiles or not sources.files:
        return sources.profiles
    beside = sources.files[0].parent / PROFILES_NAME
    try:
        # Whatever lies there under that name is read, or refused: a folder, a dangling link.
        return beside if os.path.lexists(beside) else None
    except ValueError:
        return None  # the first file itself is reported with the same path error


@dataclass
class _Reading:
    """Files read so far, and what was wrong with them and with the others.

    Attributes:
        files: Those that could be read.
        problems: What is wrong with any of them.
        doubled: Keys that are written twice.
        is_broken: Whether one could not be read.
    """

    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubled: list[KeyPath] = field(default_factory=list)
    is_broken: bool = False

    def read(self, path: Path, other_kind: Callable[[MapNode, Path], Problem | None]) -> MapNode:
        if path in self.files and is_stream(path):
            return self._break(_read_twice(path))
        try:
            tree, doubles, places = read_file(path)
        except ReadError as error:
            return self._break(*error.problems)
        self.files.append(path)
        self.problems += doubles
        self.doubled += places
        if problem := other_kind(tree, path):
            return self._break(problem)
        # An empty file still has a name, where missing keys can be reported.
        return tree if tree.place.file else MapNode(entries={}, place=Place(str(path), 1, 1))

    def _break(self, *problems: Problem) -> MapNode:
        self.problems += problems
        self.is_broken = True
        return EMPTY


def _read_twice(path: Path) -> Problem:
    return Problem(
        path="",
        message="this is named twice and can be read once only",
        hint="write what it carries into a file, and name that",
        file=str(path),
    )


def _ground(
    check: Check, deployment: Deployment, problems: list[Problem], dropped: list[KeyPath]
) -> tuple[Deployment, list[KeyPath]] | None:
    """Return what a check can judge, and what it is to be silent about; None: nothing."""
    paths = [problem.path for problem in problems if problem.severity == "error"]
    wrong = {re.split(r"[.\[]", path, maxsplit=1)[0] for path in paths}
    if not (wrong if check.needs is None else wrong & check.needs):
        return deployment, []
    if check.needs is None or not check.is_by_profile or wrong & check.needs - APART:
        return None
    return without_faulty(deployment, paths, dropped)


def _rule_problems(
    findings: Iterable[Finding], trees: tuple[MapNode, MapNode], dropped: list[KeyPath]
) -> Iterator[Problem]:
    gone = Paths(dropped)
    for finding in findings:
        if gone.cover(finding.path) or any(gone.touch(path) for path in finding.also):
            continue  # drawn from a default that stands in for a value already reported
        tree = trees[1] if finding.path[:1] and finding.path[0] in PROFILE_KEYS else trees[0]
        yield _problem(finding, place_of(tree, finding.path, key=finding.at_key))


def _problem(finding: Finding, place: Place) -> Problem:
    path = dotted(finding.path)
    return problem_at(place, path, finding.message, finding.hint, finding.severity)


def _finished(problem: Problem) -> Problem:
    """Let the value of a flag read as typed; make texts safe to show: one line, not endless."""
    if problem.flag:
        problem = in_words_of(problem.flag, problem)
    return replace(
        problem,
        path=_one_line(problem.path, _LONGEST_PATH),
        message=_one_line(problem.message, _LONGEST_TEXT),
        hint=_one_line(problem.hint, _LONGEST_TEXT),
    )


def _one_line(text: str, longest: int) -> str:
    if len(text) > longest:
        text = f"{text[:longest]}…"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column
