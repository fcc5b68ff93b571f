"""The parts of a deployment that move, their order, and what users notice of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Installed before the nodes, because a node is not ready without them (stack `cluster`).
NETWORK_ADDONS: Final = frozenset({"vpc-cni", "eks-pod-identity-agent", "kube-proxy"})


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that moves in one step.

    Attributes:
        title: As people call it.
        effect: What users notice.
        needs: Parts that have moved before.
        chart: Name of its Helm chart, if it is one.
    """

    title: str
    effect: str
    needs: tuple[str, ...] = ()
    chart: str = ""


# In an order that respects `needs`, which the Terraform stacks have too: one `jhub deploy`
# goes through all of it, with parts that do not need each other at the same time.
PARTS: Final[dict[str, Part]] = {
    "control-plane": Part(
        title="control plane",
        effect="running servers go on; starting one may fail for a moment. jhub cannot undo it",
    ),
    "network-addons": Part(
        title="network add-ons",
        effect="restart node by node; connections stay, a new server may wait for seconds",
        needs=("control-plane",),
    ),
    "system-nodes": Part(
        title="system nodes",
        effect="replaced one by one: hub and proxy restart elsewhere. Running servers go on, "
        "their browser tabs reconnect; nobody can log in or start one for 1 to 3 minutes",
        needs=("control-plane", "network-addons"),
    ),
    "addons": Part(
        title="other add-ons",
        effect="restart one by one; mounted volumes stay, a new server may wait for seconds",
        needs=("system-nodes",),
    ),
    "karpenter-crds": Part(
        title="Karpenter's CRDs",
        effect="nothing restarts",
        needs=("addons",),
        chart="karpenter-crd",
    ),
    "karpenter": Part(
        title="Karpenter",
        effect="its two pods restart in turn; a server that needs a new node waits a little longer",
        needs=("karpenter-crds",),
        chart="karpenter",
    ),
    "nvidia-device-plugin": Part(
        title="NVIDIA device plugin",
        effect="restarts on GPU nodes; running servers keep their GPUs, new ones wait for it",
        needs=("addons",),
        chart="nvidia-device-plugin",
    ),
    "neuron-device-plugin": Part(
        title="Neuron device plugin",
        effect="restarts on Neuron nodes; running servers keep their devices, new ones wait for it",
        needs=("addons",),
        chart="neuron-helm-chart",
    ),
    "load-balancer-controller": Part(
        title="load balancer controller",
        effect="restarts; the load balancer itself goes on serving",
        needs=("addons",),
        chart="aws-load-balancer-controller",
    ),
    "user-nodes": Part(
        title="image of user nodes",
        effect="no running server is moved: a node of the former image goes once it is empty",
        needs=("karpenter", "nvidia-device-plugin", "neuron-device-plugin"),
    ),
    "jupyterhub": Part(
        title="JupyterHub",
        effect="the hub restarts: running servers go on, nobody can log in or start one for about "
        "a minute. If the proxy restarts too, browser tabs reconnect",
        needs=("user-nodes", "load-balancer-controller"),
        chart="jupyterhub",
    ),
}
PART_OF_CHART: Final = {part.chart: name for name, part in PARTS.items() if part.chart}
