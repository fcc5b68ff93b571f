"""Read the files, lay them over each other, check everything, return one deployment.

Nothing stops at the first problem: unreadable files, wrong values and broken
rules are collected and raised together.
"""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.config.characters import unfit_characters
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.document import EMPTY, KeyPath, MapNode
from jupyterhub_eks.config.findings import in_order, rule_problems
from jupyterhub_eks.config.kinds import not_profiles, not_settings
from jupyterhub_eks.config.logo_file import with_logo
from jupyterhub_eks.config.lookup import PROFILE_KEYS
from jupyterhub_eks.config.merge import flags_layer, merge_all
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.repair import check_model
from jupyterhub_eks.config.rules import Finding, check
from jupyterhub_eks.config.sound import APART, without_faulty
from jupyterhub_eks.config.sources import PROFILES_NAME, ConfigSources, Reading, profiles_path
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

__all__ = ["PROFILES_NAME", "Check", "ConfigSources", "LoadedConfig", "load"]


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
        problems = in_order(rule_problems(findings, self.trees, []))
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
    reading = Reading()
    layers = [reading.read(path, not_settings) for path in sources.files]
    layers.append(flags_layer(sources.overrides))
    settings_tree, warnings = merge_all(layers)
    settings_broken = reading.is_broken
    beside = profiles_path(sources)
    profiles_tree = reading.read(beside, not_profiles) if beside else EMPTY
    profiles_tree, _ = merge_all([profiles_tree])
    profiles_broken = reading.is_broken and not settings_broken

    settings = check_model(DeploymentFile, settings_tree)
    profiles = check_model(ProfilesFile, profiles_tree)
    problems = reading.problems + settings.problems + profiles.problems + list(warnings)
    model, faults = with_logo(settings.model, settings_tree)
    deployment = Deployment(settings=model, profiles=profiles.model)
    if not settings_broken:
        skipped = settings.dropped + profiles.dropped + reading.doubled
        if profiles_broken:
            skipped += [(key,) for key in PROFILE_KEYS]
        trees = (settings_tree, profiles_tree)
        problems += rule_problems([*faults, *check(deployment)], trees, skipped)
        for each in checks:
            if ground := _ground(each, deployment, problems, skipped):
                problems += rule_problems(each.find(ground[0]), trees, skipped + ground[1])
    problems += unfit_characters((settings_tree, profiles_tree), problems)
    problems = in_order(problems)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return LoadedConfig(
        deployment=deployment,
        warnings=tuple(problems),
        files=tuple(reading.files),
        trees=(settings_tree, profiles_tree),
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
