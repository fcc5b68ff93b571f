"""Recognise a ``profiles.yaml`` that is given as ``jhub.yaml``, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.document import problem_at
from jupyterhub_eks.config.lookup import PROFILE_KEYS, keys_at
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from jupyterhub_eks.config.document import MapNode
    from jupyterhub_eks.problems import Problem


# Keys of the sections, which are easily written without their section.
_SECOND_LEVEL: Final = tuple(
    key for name in DeploymentFile.model_fields for key in keys_at((name,))
)


def not_settings(tree: MapNode, path: Path) -> Problem | None:
    """Return the problem if a ``-f`` file is a profiles file, or neither of the two."""
    if not _is_other(tree, PROFILE_KEYS, DeploymentFile.model_fields):
        return _of_no_kind(tree, "jhub.yaml", DeploymentFile.model_fields)
    return _problem(
        tree,
        f"this looks like profiles.yaml ({_keys(tree)}), not jhub.yaml",
        f"give it as `--profiles {path}`, and jhub.yaml with `-f`",
    )


def not_profiles(tree: MapNode, path: Path) -> Problem | None:
    """Return the problem if a profiles file is a ``jhub.yaml``, or neither of the two."""
    if not _is_other(tree, DeploymentFile.model_fields, PROFILE_KEYS):
        return _of_no_kind(tree, "profiles.yaml", PROFILE_KEYS)
    return _problem(
        tree,
        f"this looks like jhub.yaml ({_keys(tree)}), not profiles.yaml",
        f"give it as `-f {path}`; profiles.yaml beside it is then found by itself",
    )


def _is_other(tree: MapNode, other: Collection[str], own: Collection[str]) -> bool:
    keys = tree.entries.keys()
    known = sum(key in other for key in keys)
    return known > len(keys) / 2 and not any(key in own for key in keys)


def _of_no_kind(tree: MapNode, name: str, own: Collection[str]) -> Problem | None:
    """Return the problem if several keys stand in the tree and none can have been meant."""
    keys = tree.entries.keys()
    is_meant = any(closest(key, own) for key in keys) or any(key in _SECOND_LEVEL for key in keys)
    if len(keys) < 2 or is_meant:
        return None
    return _problem(
        tree,
        f"this does not look like {name}: none of its keys ({_keys(tree)}) is known",
        f"check that it is the right file; known keys: {', '.join(sorted(own))}",
    )


def _keys(tree: MapNode) -> str:
    names = [f"`{key[:40]}`" for key in tree.entries]
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _problem(tree: MapNode, message: str, hint: str) -> Problem:
    place = next(iter(tree.entries.values())).key_place
    return problem_at(place, "", message, hint)
