"""Read the files, lay them over each other, check everything, return one deployment.

Nothing stops at the first problem: unreadable files, wrong values and broken
rules are collected and raised together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import ValidationError

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.document import (
    EMPTY,
    KeyPath,
    ListNode,
    MapNode,
    Node,
    Place,
    dotted,
    place_of,
    to_plain,
)
from jupyterhub_eks.config.explain import Explainer
from jupyterhub_eks.config.lookup import PROFILE_KEYS
from jupyterhub_eks.config.merge import flags_layer, merge_all
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.reader import ReadError, read_file
from jupyterhub_eks.config.rules import Finding, check
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

PROFILES_NAME: Final = "profiles.yaml"
_PLACEHOLDER: Final = "changeme"
# A repair takes a key or its parent away; no model is nested deeper than this.
_MAX_REPAIRS: Final = 8
_LONGEST_TEXT: Final = 600
_LONGEST_PATH: Final = 200

_Model = TypeVar("_Model", bound=Section)


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
class LoadedConfig:
    """A valid configuration.

    Attributes:
        deployment: Both files, checked together.
        warnings: What is allowed but probably not meant.
        files: Files that were read, profiles last.
    """

    deployment: Deployment
    warnings: tuple[Problem, ...]
    files: tuple[Path, ...]


def load(sources: ConfigSources) -> LoadedConfig:
    """Return the configuration of ``sources``.

    Raises:
        ConfigError: Anything at all is wrong; carries every problem.
    """
    reading = _Reading()
    layers = [reading.read(path) for path in sources.files]
    layers.append(flags_layer(sources.overrides))
    settings_tree, warnings = merge_all(layers)
    settings_broken = bool(reading.problems)
    profiles_path = _profiles_path(sources)
    profiles_tree = reading.read(profiles_path) if profiles_path else EMPTY
    profiles_tree, _ = merge_all([profiles_tree])
    profiles_broken = len(reading.problems) > 0 and not settings_broken

    settings = _check_model(DeploymentFile, settings_tree)
    profiles = _check_model(ProfilesFile, profiles_tree)
    problems = reading.problems + settings.problems + profiles.problems + list(warnings)
    if not settings_broken:
        skipped = settings.dropped + profiles.dropped
        if profiles_broken:
            skipped += [(key,) for key in PROFILE_KEYS]
        trees = (settings_tree, profiles_tree)
        deployment = Deployment(settings=settings.model, profiles=profiles.model)
        problems += _rule_problems(deployment, trees, skipped)
    problems = sorted(map(_printable, problems), key=_order)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return LoadedConfig(
        deployment=Deployment(settings=settings.model, profiles=profiles.model),
        warnings=tuple(problems),
        files=tuple(reading.files),
    )


def _profiles_path(sources: ConfigSources) -> Path | None:
    if sources.profiles or not sources.files:
        return sources.profiles
    beside = sources.files[0].parent / PROFILES_NAME
    try:
        return beside if beside.is_file() else None
    except (OSError, ValueError):
        return None  # the first file itself is reported with the same path error


@dataclass
class _Reading:
    """Files read so far, and what was wrong with the others."""

    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path) -> MapNode:
        try:
            tree = read_file(path)
        except ReadError as error:
            self.problems += error.problems
            return EMPTY
        self.files.append(path)
        # An empty file still has a name, where missing keys can be reported.
        return tree if tree.place.file else MapNode(entries={}, place=Place(str(path), 1, 1))


@dataclass(frozen=True)
class _Checked(Generic[_Model]):
    """A valid model, what was wrong on the way, and which paths were replaced by defaults."""

    model: _Model
    problems: list[Problem]
    dropped: list[KeyPath]


def _check_model(model: type[_Model], tree: MapNode) -> _Checked[_Model]:
    """Validate a tree; wrong values are reported and replaced by their defaults."""
    data = to_plain(tree)
    explainer = Explainer(tree)
    problems = list(_placeholders(tree, ()))
    placeholders = [path for path, _ in problems]
    found = [problem for _, problem in problems]
    dropped = [_remove(data, path) for path in placeholders]
    for attempt in range(_MAX_REPAIRS):
        try:
            valid = model.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        else:
            return _Checked(valid, found, dropped)
        removed: list[KeyPath] = []
        for error in errors:
            path = explainer.path(error)
            # Later rounds only see what removing values has torn open.
            if attempt == 0 and not _touches(path, placeholders):
                found.append(explainer.problem(error))
            if not any(path[: len(gone)] == gone for gone in removed):
                wrapped = error["type"] == "tuple_type" and _wrap(data, path)
                removed.append(path if wrapped else _remove(data, path))
        dropped += removed
    return _Checked(model(), found, [*dropped, ()])


def _remove(data: Any, path: KeyPath) -> KeyPath:
    """Take away the value at ``path``, or the nearest mapping key above it; return which."""
    while path:
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder, dict) and path[-1] in holder:
            del holder[path[-1]]
            return path
        path = path[:-1]
    data.clear()
    return ()


def _wrap(data: Any, path: KeyPath) -> bool:
    """Make a list of a single text at ``path``, which is what the hint says to write."""
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    if isinstance(holder[path[-1]], str):
        holder[path[-1]] = [holder[path[-1]]]
        return True
    return False


def _touches(path: KeyPath, others: Iterable[KeyPath]) -> bool:
    """Whether one of ``others`` is ``path``, or above or below it."""
    return any(path[: len(other)] == other[: len(path)] for other in others)


def _placeholders(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, Problem]]:
    """Yield each key or value that still holds the placeholder of a template."""
    if isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            yield from _placeholders(item, (*path, index))
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if _PLACEHOLDER in key.lower():
                yield (*path, key), _placeholder((*path, key), entry.key_place)
            else:
                yield from _placeholders(entry.value, (*path, key))
    elif _PLACEHOLDER in node.text.lower():
        yield path, _placeholder(path, node.place)


def _placeholder(path: KeyPath, place: Place) -> Problem:
    return _problem(
        Finding(path=path, message="still holds the placeholder CHANGEME", hint="write your value"),
        place,
    )


def _rule_problems(
    deployment: Deployment, trees: tuple[MapNode, MapNode], dropped: list[KeyPath]
) -> Iterator[Problem]:
    for finding in check(deployment):
        gone = any(finding.path[: len(path)] == path for path in dropped)
        if gone or any(_touches(path, dropped) for path in finding.also):
            continue  # drawn from a default that stands in for a value already reported
        tree = trees[1] if finding.path[0] in PROFILE_KEYS else trees[0]
        yield _problem(finding, place_of(tree, finding.path))


def _problem(finding: Finding, place: Place) -> Problem:
    return Problem(
        path=dotted(finding.path),
        message=finding.message,
        hint=finding.hint,
        file=place.file,
        line=place.line,
        column=place.column,
        severity=finding.severity,
    )


def _printable(problem: Problem) -> Problem:
    """Make texts from the file safe to show: one line, no terminal codes, not endless."""
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
