"""What a server gets, as settings of KubeSpawner: nodes, cores, memory, devices. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.rules.accelerators import is_nvidia
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.z2jh.dedicated import dedicated
from jupyterhub_eks.releases.z2jh.mps import shared_memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig


def server_settings(
    profile: ProfileConfig, pool: PoolConfig, tolerations: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what puts a server on nodes of its pool, with its part of them.

    Args:
        profile: What is started.
        pool: Its pool.
        tolerations: Those of every server, besides those of the pool.
    """
    return {
        "node_selector": {labels.POOL: profile.pool},
        "tolerations": [
            *(taint.as_toleration() for taint in labels.taints_of(pool)),
            *(dict(each) for each in tolerations),
        ],
        **amounts(profile),
        **_hidden(profile, pool),
        **dedicated(pool),
        **shared_memory(pool),
    }


def amounts(profile: ProfileConfig) -> dict[str, Any]:
    """Return the cores, memory and devices of a server; what its profile does not name is absent.

    Args:
        profile: What is started.
    """
    found: dict[str, Any] = {}
    if profile.cpu:
        found |= {"cpu_guarantee": profile.cpu.guarantee, "cpu_limit": profile.cpu.limit}
    if profile.memory:
        # In bytes: the spawner takes `8G` for GiB and does not know `8Gi`.
        found |= {"mem_guarantee": profile.memory.guarantee, "mem_limit": profile.memory.limit}
    asked = {labels.GPU: profile.gpu, labels.NEURON: profile.neuron}
    devices = {name: str(count) for name, count in asked.items() if count}
    if devices:
        # Kubernetes wants them as limits, and guarantees that differ are refused (D14).
        found |= {"extra_resource_limits": devices, "extra_resource_guarantees": dict(devices)}
    return found


def _hidden(profile: ProfileConfig, pool: PoolConfig) -> dict[str, Any]:
    """Return what keeps GPUs from a server that asks for none."""
    if profile.gpu or profile.neuron or not any(is_nvidia(name) for name in pool.instances):
        return {}
    # An image that asks for all GPUs by itself would get those of other users.
    return {"environment": {"NVIDIA_VISIBLE_DEVICES": "void"}}
