"""Room for servers to come: pods that hold it and give way to a user at once. Pure.

Their priority is below that of users' pods (0, by the hub's chart), so Kubernetes removes
one when a user needs its place. It then waits for a node, which Karpenter starts.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import thousandths
from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.releases import labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile

PRIORITY_CLASS: Final = "jhub-placeholder"
PRIORITY: Final = -10
# The image that the hub's chart uses for the same purpose (z2jh 4.4.0).
IMAGE: Final = "registry.k8s.io/pause:3.10.2"
# What the hub's chart gives a server whose profile names no memory (z2jh 4.4.0).
CHART_MEMORY: Final = 2**30
NOBODY: Final = 65534
_NAME_HASH: Final = 6


def placeholder_objects(profiles: ProfilesFile) -> list[dict[str, Any]]:
    """Return the placeholders of all pools, after their priority; nothing where none has any."""
    sets = list(_sets(profiles))
    return [_priority_class(), *sets] if sets else []


def largest_profile(profiles: ProfilesFile, pool: str) -> ProfileConfig | None:
    """Return what of a pool is hardest to place: by devices, memory, cores.

    A profile with sizes is what its largest size in the pool makes of it.
    """
    sizes = (each.profile for profile in profiles.profiles for each in variants(profile))
    users = [profile for profile in sizes if profile.pool == pool]

    def size(profile: ProfileConfig) -> tuple[int, int, float]:
        cores = profile.cpu.guarantee if profile.cpu else 0
        return max(profile.gpu, profile.neuron), _memory(profile), cores

    return max(users, key=size, default=None)


def _sets(profiles: ProfilesFile) -> Iterator[dict[str, Any]]:
    for name, pool in profiles.pools.items():
        profile = largest_profile(profiles, name) if pool.warm.servers else None
        if profile:
            yield _stateful_set(name, pool, _pod(name, pool, profile))


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


def _pod(name: str, pool: PoolConfig, profile: ProfileConfig) -> dict[str, Any]:
    alone = {"requiredDuringSchedulingIgnoredDuringExecution": labels.alone_on_node()}
    affinity = {"affinity": {"podAntiAffinity": alone}} if pool.dedicated else {}
    return {
        "priorityClassName": PRIORITY_CLASS,
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {labels.NODE_PURPOSE: labels.USER, labels.POOL: name},
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
                "resources": _resources(profile),
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            }
        ],
    }


def _resources(profile: ProfileConfig) -> dict[str, Any]:
    """Return what a server of a profile asks for, as quantities."""
    devices = {labels.GPU: profile.gpu, labels.NEURON: profile.neuron}
    asked = {key: str(count) for key, count in devices.items() if count}
    cores = {"cpu": f"{thousandths(profile.cpu.guarantee)}m"} if profile.cpu else {}
    # Kubernetes wants devices as limits, from which it takes the requests.
    return {
        "requests": {**cores, "memory": str(_memory(profile)), **asked},
        **({"limits": asked} if asked else {}),
    }


def _memory(profile: ProfileConfig) -> int:
    return profile.memory.guarantee if profile.memory else CHART_MEMORY
