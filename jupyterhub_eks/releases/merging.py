"""Base values from ``helm_values/`` and the one rule by which values are laid over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from jupyterhub_eks.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def base_values(relative: str) -> dict[str, Any]:
    """Return the values of ``helm_values/<relative>.yaml``, e.g. ``addons/vpc-cni``."""
    loaded = YAML(typ="safe", pure=True).load(read_text(f"helm_values/{relative}.yaml"))
    return dict(loaded or {})


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` on top: mappings merge, everything else is replaced.

    ``None`` replaces too and stays in the result, because Helm takes a default of the
    chart away where it meets ``null``.
    """
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged
