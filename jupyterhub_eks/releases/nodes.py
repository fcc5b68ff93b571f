"""Node pools as Karpenter's objects: NodePool, EC2NodeClass, NodeOverlay. Pure.

One NodePool and one EC2NodeClass per pool, both with its name. Profiles always select
their pool, so pools need no weights; Karpenter tries those of equal weight in reverse
order of name (facts 11.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.device_plugins import NVIDIA_CONFIG_LABEL, nvidia_config_name
from jupyterhub_eks.releases.families import (
    GPU_COUNTS,
    is_fractional,
    kind_of,
    slices_per_gpu,
)
from jupyterhub_eks.releases.node_classes import NodePlace, node_class
from jupyterhub_eks.releases.requirements import GPU_COUNT_LABEL, is_in, requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfilesFile

# The label by which the device plugin's DaemonSet finds its nodes (facts 3.1).
NVIDIA_PRESENT_LABEL: Final = "nvidia.com/gpu.present"
# Taken away by the EFS driver once it can mount on a new node (facts 5).
EFS_STARTUP_TAINT: Final = {"key": "efs.csi.aws.com/agent-not-ready", "effect": "NoExecute"}
IDLE_BEFORE_REMOVAL: Final = "5m"
# Longest that a removed pool waits for its last notebook.
LONGEST_DRAIN: Final = "24h"
# A session ends by its user, by the hub's idle and age limits, or by removing the pool.
# Nodes of an older image go as they become empty; none is emptied for it (D20, G8).
BUDGETS: Final = (
    {"reasons": ["Empty"], "nodes": "100%"},
    {"reasons": ["Drifted", "Underutilized"], "nodes": "0"},
)


def node_objects(
    profiles: ProfilesFile, settings: DeploymentFile, place: NodePlace
) -> list[dict[str, Any]]:
    """Return all objects: first the classes, which pools refer to, then pools, then overlays."""
    pools = profiles.pools
    asked = {name: most_devices(profiles, name) for name in pools}
    return [
        *(node_class(name, pool, settings, place) for name, pool in pools.items()),
        *(node_pool(name, pool, asked[name]) for name, pool in pools.items()),
        *(each for name, pool in pools.items() for each in node_overlays(name, pool)),
    ]


def needs_overlays(pools: Mapping[str, PoolConfig]) -> bool:
    """Whether Karpenter must be told of GPUs that EC2 does not count."""
    return any(node_overlays(name, pool) for name, pool in pools.items())


def most_devices(profiles: ProfilesFile, pool: str) -> int:
    """Return the most accelerators that a profile of a pool asks for; 0 for none."""
    users = [profile for profile in profiles.profiles if profile.pool == pool]
    return max((max(profile.gpu, profile.neuron) for profile in users), default=0)


def node_pool(name: str, pool: PoolConfig, asked: int) -> dict[str, Any]:
    """Return the NodePool of a pool.

    Args:
        name: Name of the pool.
        pool: Its configuration.
        asked: Most accelerators that one of its profiles asks for.
    """
    spec: dict[str, Any] = {
        "template": {
            "metadata": {"labels": _labels(name, pool)},
            "spec": {
                "nodeClassRef": {
                    "group": "karpenter.k8s.aws",
                    "kind": "EC2NodeClass",
                    "name": name,
                },
                "requirements": requirements(pool, asked),
                "taints": [taint.as_taint() for taint in labels.taints_of(pool)],
                "startupTaints": [EFS_STARTUP_TAINT],
                "expireAfter": "Never",
                "terminationGracePeriod": LONGEST_DRAIN,
            },
        },
        "disruption": {
            "consolidationPolicy": "WhenEmpty",
            "consolidateAfter": IDLE_BEFORE_REMOVAL,
            "budgets": list(BUDGETS),
        },
    }
    if pool.max:
        spec["limits"] = _limits(pool)
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": spec,
    }


def _labels(name: str, pool: PoolConfig) -> dict[str, str]:
    found = {labels.NODE_PURPOSE: labels.USER, labels.POOL: name}
    if config := nvidia_config_name(pool):
        found |= {NVIDIA_PRESENT_LABEL: "true", NVIDIA_CONFIG_LABEL: config}
    return found


def _limits(pool: PoolConfig) -> dict[str, str]:
    spelled = {
        "cpu": ("cpu", "{}", 1),
        "memory_gib": ("memory", "{}Gi", 1),
        # Nodes report slices, and limits are held against what nodes report.
        "gpu": (labels.GPU, "{}", slices_per_gpu(pool)),
        "neuron": (labels.NEURON, "{}", 1),
    }
    found = {}
    for key, value in pool.max.items():
        resource, form, factor = spelled[key]
        found[resource] = form.format(value * factor)
    return found


def node_overlays(name: str, pool: PoolConfig) -> list[dict[str, Any]]:
    """Return what Karpenter must know of a pool's GPUs beyond what EC2 says.

    Without it Karpenter starts a node for every user of a shared GPU (D19), and none for
    a fraction of a GPU. Each machine is covered exactly once: by the pool and the number
    of its GPUs.
    """
    if kind_of(pool) != "nvidia":
        return []
    slices = slices_per_gpu(pool)
    counted = {count: count * slices for count in GPU_COUNTS} if slices > 1 else {}
    if is_fractional(pool):
        counted = {0: slices, **counted}
    return [_overlay(name, count, capacity) for count, capacity in counted.items()]


def _overlay(pool: str, count: int, capacity: int) -> dict[str, Any]:
    return {
        "apiVersion": "karpenter.sh/v1alpha1",
        "kind": "NodeOverlay",
        "metadata": {"name": f"{pool}-{count}-gpu"},
        "spec": {
            "requirements": [
                is_in("karpenter.sh/nodepool", [pool]),
                is_in(GPU_COUNT_LABEL, [str(count)]),
            ],
            "capacity": {labels.GPU: str(capacity)},
        },
    }
