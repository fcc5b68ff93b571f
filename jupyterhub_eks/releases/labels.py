"""Names on which nodes, pods and claims agree. Pure.

The nodes' side (labels, taints, class of volumes) is made by ``releases/nodes.py`` and
``releases/platform.py``, the pods' side (selectors, tolerations, claims) by
``releases/z2jh``. Both read them here, so that no selector can miss its pool (D14, D16)
and no taint lacks its toleration (D17, D22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.warm import warm_name

if TYPE_CHECKING:
    from jupyterhub_eks.config.pool_parts import Effect
    from jupyterhub_eks.config.pools import PoolConfig

HUB_NAMESPACE: Final = "jupyterhub"
STORAGE_CLASS: Final = "gp3"

# z2jh's own key: its core and user pods demand one of the two values (facts 6.3).
NODE_PURPOSE: Final = "hub.jupyter.org/node-purpose"
CORE: Final = "core"
USER: Final = "user"

# On every node of a pool, with the pool's name as value; profiles select by it.
POOL: Final = "jhub/pool"

# On every pod that holds room for servers to come, with the pool's name as value.
PLACEHOLDER: Final = "jhub/placeholder"
# KubeSpawner's label of every server, and the same of every placeholder.
COMPONENT: Final = "component"
SERVER_COMPONENT: Final = "singleuser-server"
PLACEHOLDER_COMPONENT: Final = "user-placeholder"

# Extended resources as Karpenter and the device plugins count them (facts 2.5).
GPU: Final = "nvidia.com/gpu"
NEURON: Final = "aws.amazon.com/neuron"

# Keeps consolidation and drift away from a running notebook, not expiry (facts 2.3).
DO_NOT_DISRUPT: Final = "karpenter.sh/do-not-disrupt"


@dataclass(frozen=True, kw_only=True)
class Taint:
    """A taint of nodes that only pods with its toleration get onto.

    Attributes:
        key: Key, e.g. ``nvidia.com/gpu``.
        value: Value; may be empty.
        effect: What becomes of pods without the toleration.
    """

    key: str
    value: str
    effect: Effect = "NoSchedule"

    def as_taint(self) -> dict[str, str]:
        """Return it as a node or NodePool spells it."""
        value = {"value": self.value} if self.value else {}
        return {"key": self.key, **value, "effect": self.effect}

    def as_toleration(self) -> dict[str, str]:
        """Return what a pod needs to get past it."""
        return {**self.as_taint(), "operator": "Equal"}


# z2jh gives every user pod the toleration; system pods stay on system nodes (D22).
USER_TAINT: Final = Taint(key="hub.jupyter.org/dedicated", value=USER)
# The keys that the charts of the device plugins tolerate, whatever the value (facts 3).
GPU_TAINT: Final = Taint(key=GPU, value="present")
NEURON_TAINT: Final = Taint(key=NEURON, value="present")


def node_pools_of(name: str, pool: PoolConfig) -> tuple[str, ...]:
    """Return the names of Karpenter's NodePools that a pool becomes."""
    return (name, warm_name(name)) if pool.warm.nodes else (name,)


def alone_on_node() -> list[dict[str, Any]]:
    """Return the anti-affinity of a pod that neither a server nor its placeholder is beside.

    In whatever namespace these are: servers are in the hub's, placeholders beside Karpenter.
    One term, as with two the scheduler of 1.36 does not look again at a server whose
    placeholder has gone unless that is in both (``interpodaffinity``, its queueing hint).
    """
    values = [SERVER_COMPONENT, PLACEHOLDER_COMPONENT]
    selector = {"key": COMPONENT, "operator": "In", "values": values}
    return [
        {
            "labelSelector": {"matchExpressions": [selector]},
            "namespaceSelector": {},
            "topologyKey": "kubernetes.io/hostname",
        }
    ]


def taints_of(pool: PoolConfig) -> tuple[Taint, ...]:
    """Return the taints of all nodes of ``pool``."""
    taints = [USER_TAINT]
    if any(is_nvidia(name) for name in pool.instances):
        taints.append(GPU_TAINT)
    if any(is_neuron(name) for name in pool.instances):
        taints.append(NEURON_TAINT)
    return (*taints, *own_taints(pool))


def own_taints(pool: PoolConfig) -> tuple[Taint, ...]:
    """Return those of them that the user has put there."""
    return tuple(Taint(key=each.key, value=each.value, effect=each.effect) for each in pool.taints)
