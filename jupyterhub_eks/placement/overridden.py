"""Which setting of ``kubespawner_override`` an obstacle comes of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.placement.proof import Obstacle, Verdict

# Settings of KubeSpawner that say the same as a key of profiles.yaml, or have none there.
_SETTINGS: Final[Mapping[Obstacle, tuple[str, ...]]] = {
    "cpu_m": ("cpu_guarantee", "cpu_limit"),
    "memory": ("mem_guarantee", "mem_limit"),
    "disk": ("extra_resource_guarantees", "extra_resource_limits"),
    "gpu": ("extra_resource_limits",),
    "neuron": ("extra_resource_limits",),
    "selector": ("node_selector",),
    "taint": ("tolerations",),
}


def overridden(verdict: Verdict, obstacle: Obstacle) -> str:
    """Return the setting of ``kubespawner_override`` that an obstacle comes of, or nothing."""
    given = verdict.variant.profile.kubespawner_override
    return next((name for name in _SETTINGS.get(obstacle, ()) if name in given), "")
