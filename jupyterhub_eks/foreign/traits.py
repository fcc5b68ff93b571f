"""Names of KubeSpawner's settings: those of the configuration."""

from __future__ import annotations

from jupyterhub_eks.config.spawner import MAPPINGS, PLACING, SETTINGS

__all__ = ["MAPPINGS", "PLACING", "SETTINGS"]
