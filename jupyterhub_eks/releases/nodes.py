"""Node pools as Karpenter's objects: NodePool, EC2NodeClass, NodeOverlay. Pure.

One NodePool and one EC2NodeClass per pool, both with its name, and a second NodePool for
nodes that always run. Profiles always select their pool, so pools need no weights;
Karpenter tries those of equal weight in reverse order of name (facts 11.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.warm import warm_name
from jupyterhub_eks.config.variants import places
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.device_plugins import (
    MPS_LABEL,
    NVIDIA_CONFIG_LABEL,
    nvidia_config_name,
)
from jupyterhub_eks.releases.disruption import disruption, drain, expiry, static_disruption
from jupyterhub_eks.releases.node_classes import NodePlace, node_class
from jupyterhub_eks.releases.overlays import needs_overlays, node_overlays
from jupyterhub_eks.releases.placeholders import placeholder_objects
from jupyterhub_eks.releases.requirements import requirements
from jupyterhub_eks.releases.sharing import slices_per_gpu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfilesFile

__all__ = [
    "most_devices",
    "needs_overlays",
    "needs_static_nodes",
    "node_labels",
    "node_objects",
    "node_overlays",
    "node_pool",
    "node_pools",
]

# The label by which the device plugin's DaemonSet finds its nodes (facts 3.1).
NVIDIA_PRESENT_LABEL: Final = "nvidia.com/gpu.present"
# Taken away by the EFS driver once it can mount on a new node (facts 5).
EFS_STARTUP_TAINT: Final = {"key": "efs.csi.aws.com/agent-not-ready", "effect": "NoExecute"}


def node_objects(
    profiles: ProfilesFile, settings: DeploymentFile, place: NodePlace
) -> list[dict[str, Any]]:
    """Return all objects: classes, which pools refer to, pools, overlays, placeholders."""
    pools = profiles.pools
    asked = most_devices(profiles)
    return [
        *(node_class(name, pool, settings, place) for name, pool in pools.items()),
        *(each for name, pool in pools.items() for each in node_pools(name, pool, asked[name])),
        *(each for name, pool in pools.items() for each in node_overlays(name, pool)),
        *placeholder_objects(profiles, settings.hub_values),
    ]


def needs_static_nodes(pools: Mapping[str, PoolConfig]) -> bool:
    """Whether Karpenter must keep nodes that no pod asks for."""
    return any(pool.warm.nodes for pool in pools.values())


def most_devices(profiles: ProfilesFile) -> dict[str, int]:
    """Return for each pool the most accelerators that a server in it asks for; 0 for none."""
    found = dict.fromkeys(profiles.pools, 0)
    for profile in profiles.profiles:
        for name, asked in places(profile):
            found[name] = max(asked, found.get(name, 0))
    return found


def node_pools(name: str, pool: PoolConfig, asked: int) -> list[dict[str, Any]]:
    """Return the NodePools of a pool: that of its name, and that of the nodes kept warm.

    Args:
        name: Name of the pool.
        pool: Its configuration.
        asked: Most accelerators that one of its profiles asks for.
    """
    return [
        node_pool(name, pool, asked),
        *([_warm_pool(name, pool, asked)] if pool.warm.nodes else []),
    ]


def node_pool(name: str, pool: PoolConfig, asked: int) -> dict[str, Any]:
    """Return the NodePool whose nodes come and go with servers; arguments as above."""
    spec: dict[str, Any] = {
        "template": {
            "metadata": {"labels": node_labels(name, pool)},
            "spec": {**_nodes(name, pool, asked), "terminationGracePeriod": drain(pool)},
        },
        "disruption": disruption(pool),
    }
    if pool.max:
        spec["limits"] = _limits(pool)
    return _node_pool(name, spec)


def _warm_pool(name: str, pool: PoolConfig, asked: int) -> dict[str, Any]:
    """Return the NodePool whose nodes always run; profiles select them like the others.

    Only where the configuration lets nodes end sessions does one wait no longer than the
    others do: else it is replaced when nobody is on it.
    """
    may_end = pool.lifetime.maintenance or pool.lifetime.expire_after_hours
    longest = {"terminationGracePeriod": drain(pool)} if may_end else {}
    spec = {
        "template": {
            "metadata": {"labels": node_labels(name, pool)},
            "spec": {**_nodes(name, pool, asked), **longest},
        },
        "disruption": static_disruption(pool),
        "replicas": pool.warm.nodes,
    }
    return _node_pool(warm_name(name), spec)


def _node_pool(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": spec,
    }


def _nodes(name: str, pool: PoolConfig, asked: int) -> dict[str, Any]:
    return {
        "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name},
        "requirements": requirements(pool, asked),
        "taints": [taint.as_taint() for taint in labels.taints_of(pool)],
        "startupTaints": [EFS_STARTUP_TAINT],
        "expireAfter": expiry(pool),
    }


def node_labels(name: str, pool: PoolConfig) -> dict[str, str]:
    """Return the labels that nodes of a pool have besides those of their machine."""
    found = {labels.NODE_PURPOSE: labels.USER, labels.POOL: name}
    if config := nvidia_config_name(pool):
        found |= {NVIDIA_PRESENT_LABEL: "true", NVIDIA_CONFIG_LABEL: config}
        if pool.gpu.sharing == "mps":
            found[MPS_LABEL] = "true"
    return {**found, **pool.labels}


def _limits(pool: PoolConfig) -> dict[str, str]:
    spelled = {
        "cpu": ("cpu", "{}", 1),
        "memory_gib": ("memory", "{}Gi", 1),
        # Nodes report slices, and limits are held against what nodes report.
        "gpu": (labels.GPU, "{}", slices_per_gpu(pool) if "gpu" in pool.max else 1),
        "neuron": (labels.NEURON, "{}", 1),
        "nodes": ("nodes", "{}", 1),
    }
    found = {}
    for key, value in pool.max.items():
        resource, form, factor = spelled[key]
        found[resource] = form.format(value * factor)
    return found
