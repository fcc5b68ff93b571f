"""Amounts as Kubernetes and KubeSpawner write them: those of the configuration."""

from __future__ import annotations

from jupyterhub_eks.config.quantities import (
    Reading,
    kubernetes,
    spawner_cores,
    spawner_memory,
    written_cores,
    written_memory,
)

__all__ = [
    "Reading",
    "kubernetes",
    "spawner_cores",
    "spawner_memory",
    "written_cores",
    "written_memory",
]
