"""Names of KubeSpawner's settings: those of the configuration."""

from __future__ import annotations

from typing import Final

from jupyterhub_eks.config import spawner
from jupyterhub_eks.config.spawner import MAPPINGS, SETTINGS

PLACING: Final = spawner.PLACING | {
    "extra_containers",
    "init_containers",
    "scheduler_name",
    "pod_anti_affinity_required",
}

__all__ = ["MAPPINGS", "PLACING", "SETTINGS"]
