"""Recognise a ``profiles.yaml`` that is given as ``jhub.yaml``, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.lookup import PROFILE_KEYS
from jupyterhub_eks.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from jupyterhub_eks.config.document import MapNode


def not_settings(tree: MapNode, path: Path) -> Problem | None:
    """Return the problem if the tree of a ``-f`` file is that of a profiles file."""
    if not _is_other(tree, PROFILE_KEYS, DeploymentFile.model_fields):
        return None
    return _problem(
        tree,
        f"this looks like profiles.yaml ({_keys(tree)}), not jhub.yaml",
        f"give it as `--profiles {path}`, and jhub.yaml with `-f`",
    )


def not_profiles(tree: MapNode, path: Path) -> Problem | None:
    """Return the problem if the tree of a profiles file is that of a ``jhub.yaml``."""
    if not _is_other(tree, DeploymentFile.model_fields, PROFILE_KEYS):
        return None
    return _problem(
        tree,
        f"this looks like jhub.yaml ({_keys(tree)}), not profiles.yaml",
        f"give it as `-f {path}`; profiles.yaml beside it is then found by itself",
    )


def _is_other(tree: MapNode, other: Collection[str], own: Collection[str]) -> bool:
    keys = tree.entries.keys()
    return any(key in other for key in keys) and not any(key in own for key in keys)


def _keys(tree: MapNode) -> str:
    names = [f"`{key[:40]}`" for key in tree.entries]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _problem(tree: MapNode, message: str, hint: str) -> Problem:
    place = next(iter(tree.entries.values())).key_place
    return Problem(
        path="",
        message=message,
        hint=hint,
        file=place.file,
        line=place.line,
        column=place.column,
    )
