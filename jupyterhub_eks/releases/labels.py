"""Names on which nodes, pods and claims agree. Pure.

The nodes' side (labels, taints, class of volumes) is made by ``releases/nodes.py`` and
``releases/platform.py``, the pods' side (selectors, tolerations, claims) by
``releases/z2jh``. Both read them here, so that no selector can miss its pool (D14, D16)
and no taint lacks its toleration (D17, D22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.pools import is_neuron, is_nvidia

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig

HUB_NAMESPACE: Final = "jupyterhub"
STORAGE_CLASS: Final = "gp3"

# z2jh's own key: its core and user pods demand one of the two values (facts 6.3).
NODE_PURPOSE: Final = "hub.jupyter.org/node-purpose"
CORE: Final = "core"
USER: Final = "user"

# On every node of a pool, with the pool's name as value; profiles select by it.
POOL: Final = "jhub/pool"

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
        value: Value.
    """

    key: str
    value: str

    def as_taint(self) -> dict[str, str]:
        """Return it as a node or NodePool spells it."""
        return {"key": self.key, "value": self.value, "effect": "NoSchedule"}

    def as_toleration(self) -> dict[str, str]:
        """Return what a pod needs to get past it."""
        return {**self.as_taint(), "operator": "Equal"}


# z2jh gives every user pod the toleration; system pods stay on system nodes (D22).
USER_TAINT: Final = Taint(key="hub.jupyter.org/dedicated", value=USER)
# The keys that the charts of the device plugins tolerate, whatever the value (facts 3).
GPU_TAINT: Final = Taint(key=GPU, value="present")
NEURON_TAINT: Final = Taint(key=NEURON, value="present")


def taints_of(pool: PoolConfig) -> tuple[Taint, ...]:
    """Return the taints of all nodes of ``pool``."""
    taints = [USER_TAINT]
    if any(is_nvidia(name) for name in pool.instances):
        taints.append(GPU_TAINT)
    if any(is_neuron(name) for name in pool.instances):
        taints.append(NEURON_TAINT)
    return tuple(taints)
