"""Room for servers to come: pods that hold it and give way to a user at once. Pure.

Their priority is below that of users' pods (0, by the hub's chart), so Kubernetes removes
one when a user needs its place. It then waits for a node, which Karpenter starts.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.server_requests import CPU, MEMORY, server_requests
from jupyterhub_eks.releases.z2jh.every_server import every_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.config.variants import Variant
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

PRIORITY_CLASS: Final = "jhub-placeholder"
PRIORITY: Final = -10
# The image that the hub's chart uses for the same purpose (z2jh 4.4.0).
IMAGE: Final = "registry.k8s.io/pause:3.10.2"
NOBODY: Final = 65534
_NAME_HASH: Final = 6
_DEVICES: Final = (labels.GPU, labels.NEURON)


def placeholder_objects(
    profiles: ProfilesFile, hub_values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Return the placeholders of all pools, after their priority; nothing where none has any.

    Args:
        profiles: Contents of ``profiles.yaml``.
        hub_values: The user's own values of the hub's chart.
    """
    sets = list(_sets(profiles, every_server(hub_values)))
    return [_priority_class(), *sets] if sets else []


def largest_size(
    profiles: ProfilesFile, pool: str, every: EveryServer
) -> tuple[int, Variant] | None:
    """Return what of a pool is hardest to place: by devices, memory, cores; with its index.

    Args:
        profiles: Contents of ``profiles.yaml``.
        pool: Name of the pool.
        every: Settings of every server.
    """

    def size(found: tuple[int, Variant]) -> tuple[int, int, int]:
        asked = server_requests(found[1].profile, every)
        devices = max(asked.get(labels.GPU, 0), asked.get(labels.NEURON, 0))
        return devices, asked.get(MEMORY, 0), asked.get(CPU, 0)

    users = (
        (index, each)
        for index, profile in enumerate(profiles.profiles)
        for each in variants(profile)
        if each.profile.pool == pool
    )
    return max(users, key=size, default=None)


def _sets(profiles: ProfilesFile, every: EveryServer) -> Iterator[dict[str, Any]]:
    for name, pool in profiles.pools.items():
        found = largest_size(profiles, name, every) if pool.warm.servers else None
        if found:
            yield _stateful_set(name, pool, _pod(name, pool, found[1].profile, every))


def _priority_class() -> dict[str, Any]:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": PRIORITY_CLASS},
        "value": PRIORITY,
        # A placeholder waits for room; it never takes any.
        "preemptionPolicy": "Never",
        "globalDefault": False,
        "description": "Room for servers to come, which gives way to users.",
    }


def _stateful_set(name: str, pool: PoolConfig, pod: dict[str, Any]) -> dict[str, Any]:
    """Return the set of a pool's placeholders.

    No release may wait for nodes that hold them. Helm takes a StatefulSet for ready that
    is updated by hand (``OnDelete``) whatever its pods do; a changed pod has another name
    for its set, so that it comes into force all the same.
    """
    own = {labels.PLACEHOLDER: name}
    content = hashlib.sha256(json.dumps(pod, sort_keys=True).encode()).hexdigest()[:_NAME_HASH]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": f"warm-{name}-{content}", "labels": own},
        "spec": {
            "replicas": pool.warm.servers,
            "serviceName": f"warm-{name}",
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "OnDelete"},
            "selector": {"matchLabels": own},
            "template": {
                "metadata": {"labels": {**own, labels.COMPONENT: labels.PLACEHOLDER_COMPONENT}},
                "spec": pod,
            },
        },
    }


def _pod(name: str, pool: PoolConfig, profile: ProfileConfig, every: EveryServer) -> dict[str, Any]:
    alone = {"requiredDuringSchedulingIgnoredDuringExecution": labels.alone_on_node()}
    affinity = {"affinity": {"podAntiAffinity": alone}} if pool.dedicated else {}
    return {
        "priorityClassName": PRIORITY_CLASS,
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {
            **_selected(profile, every),
            labels.NODE_PURPOSE: labels.USER,
            labels.POOL: name,
        },
        "tolerations": [taint.as_toleration() for taint in labels.taints_of(pool)],
        **affinity,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": NOBODY,
            "runAsGroup": NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "pause",
                "image": IMAGE,
                "resources": _resources(server_requests(profile, every)),
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }


def _selected(profile: ProfileConfig, every: EveryServer) -> dict[str, str]:
    """Return the labels that the server selects besides the pool's: room elsewhere is none."""
    own = profile.kubespawner_override.get("node_selector")
    found = every.with_own({"node_selector": own if isinstance(own, dict) else {}})
    return {str(key): str(value) for key, value in found["node_selector"].items()}


def _resources(asked: Mapping[str, int]) -> dict[str, Any]:
    """Return what a server asks for, as quantities."""
    units = {CPU: "m"}
    requests = {name: f"{amount}{units.get(name, '')}" for name, amount in asked.items()}
    # Kubernetes wants devices as limits, from which it takes the requests.
    devices = {name: text for name, text in requests.items() if name in _DEVICES}
    return {"requests": requests, **({"limits": devices} if devices else {})}
