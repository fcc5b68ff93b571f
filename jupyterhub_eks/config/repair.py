"""Validate a tree as far as it goes: what is wrong is reported and replaced by its default."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import ValidationError

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.document import KeyPath, MapNode, to_plain
from jupyterhub_eks.config.explain import Explainer
from jupyterhub_eks.config.placeholders import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.problems import Problem

# A repair takes a key or its parent away; no model is nested deeper than this.
_MAX_REPAIRS: Final = 8

Model = TypeVar("Model", bound=Section)


@dataclass(frozen=True)
class Checked(Generic[Model]):
    """A valid model, what was wrong on the way, and which paths were replaced by defaults."""

    model: Model
    problems: list[Problem]
    dropped: list[KeyPath]


def check_model(model: type[Model], tree: MapNode) -> Checked[Model]:
    """Validate a tree; wrong values are reported and replaced by their defaults."""
    data = to_plain(tree)
    explainer = Explainer(tree, model)
    problems = list(placeholders(tree))
    left_open = Paths(path for path, _ in problems)
    found = [problem for _, problem in problems]
    dropped = [_remove(data, path) for path, _ in problems]
    if untyped := _untyped_login(model, data):
        found.append(explainer.problem(untyped))
        data["auth"]["type"] = explainer.assume_auth_type()  # so that its other keys are checked
        dropped.append(("auth",))
    for attempt in range(_MAX_REPAIRS):
        try:
            valid = model.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as invalid:
            errors = invalid.errors(include_url=False)
        else:
            if untyped and data.pop("auth", None):
                continue  # no rule may judge by what was assumed
            return Checked(valid, found, dropped)
        removed = Paths()
        for error in errors:
            path = explainer.path(error)
            # Later rounds only see what removing values has torn open.
            if attempt == 0 and not left_open.touch(path) and not explainer.is_guess(error):
                found.append(explainer.problem(error))
            if not removed.cover(path):
                wrapped = error["type"] == "tuple_type" and _wrap(data, path)
                gone = path if wrapped else _remove(data, path)
                removed.add(gone)
                dropped.append(gone)
    return Checked(model(), found, [*dropped, ()])


def _untyped_login(model: type[Section], data: dict[str, Any]) -> Mapping[str, Any] | None:
    """Return the error of a login whose `type` is missing or unknown, which hides all others."""
    if not isinstance(data.get("auth"), dict):
        return None
    try:
        model.model_validate_json(json.dumps({"auth": data["auth"]}), strict=True)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            if error["type"].startswith("union_tag"):
                return {**error}
    return None


class Paths:
    """Paths that can be asked for one near another, however many they are.

    Args:
        paths: The paths.
    """

    def __init__(self, paths: Iterable[KeyPath] = ()) -> None:
        self._paths: set[KeyPath] = set()
        self._above: set[KeyPath] = set()
        for path in paths:
            self.add(path)

    def add(self, path: KeyPath) -> None:
        """Take in another one."""
        self._paths.add(path)
        self._above.update(path[:end] for end in range(len(path)))

    def cover(self, path: KeyPath) -> bool:
        """Whether one of them is ``path``, or above it."""
        return any(path[:end] in self._paths for end in range(len(path) + 1))

    def touch(self, path: KeyPath) -> bool:
        """Whether one of them is ``path``, or above or below it."""
        return path in self._above or self.cover(path)


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
