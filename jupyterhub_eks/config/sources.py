"""Where the configuration comes from, and the files as they were read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import EMPTY, KeyPath, MapNode, Place
from jupyterhub_eks.config.opening import is_stream
from jupyterhub_eks.config.reader import ReadError, read_file
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PROFILES_NAME: Final = "profiles.yaml"


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


def profiles_path(sources: ConfigSources) -> Path | None:
    """Return the ``profiles.yaml`` that is named, or lies beside the first file, if any."""
    if sources.profiles or not sources.files:
        return sources.profiles
    beside = sources.files[0].parent / PROFILES_NAME
    try:
        # Whatever lies there under that name is read, or refused: a folder, a dangling link.
        return beside if os.path.lexists(beside) else None
    except ValueError:
        return None  # the first file itself is reported with the same path error


@dataclass
class Reading:
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
        """Return the tree of a file; an empty one where it cannot be read.

        Args:
            path: The file.
            other_kind: Says what is wrong with a file of another kind.
        """
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
