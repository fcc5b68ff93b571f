"""How Bottlerocket divides the GPUs of its nodes, out of their user data. Pure.

Bottlerocket 1.54: ``settings.kubelet-device-plugins.nvidia`` of its API.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any, Final

_KEYS: Final = ("settings", "kubelet-device-plugins", "nvidia")


@dataclass(frozen=True, kw_only=True)
class Division:
    """How each GPU is divided.

    Attributes:
        partition: MIG partition by the model of the GPU.
        replicas: Slices of time; 1: none.
    """

    partition: tuple[tuple[str, str], ...] = ()
    replicas: int = 1


def division_of(user_data: str) -> Division:
    """Return how nodes with some user data divide GPUs; text of another kind divides none."""
    try:
        found: Any = tomllib.loads(user_data)
    except (tomllib.TOMLDecodeError, RecursionError):
        return Division()
    for key in _KEYS:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return Division()
    if found.get("device-partitioning-strategy") == "mig":
        named = _below(found, "mig", "profile")
        pairs = ((key, name) for key, name in named.items() if isinstance(name, str))
        return Division(partition=tuple(sorted(pairs)))
    replicas = _below(found, "time-slicing").get("replicas")
    if found.get("device-sharing-strategy") == "time-slicing" and isinstance(replicas, int):
        return Division(replicas=max(replicas, 1))
    return Division()


def _below(found: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        below = found.get(key)
        found = below if isinstance(below, dict) else {}
    return found
