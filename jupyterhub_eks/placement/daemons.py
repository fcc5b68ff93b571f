"""What runs on every node of a pool besides servers: the DaemonSets of the add-ons. Pure.

Requests are the defaults of the EKS add-ons as installations report them (2i2c
infrastructure#3902: 50m for aws-node since its second container, 100m for kube-proxy, 30m
and 120Mi for the three containers of ebs-csi-node). Those of the others ask for nothing but
their place.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import add
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.resources import MIB, Amounts

if TYPE_CHECKING:
    from jupyterhub_eks.releases.families import Kind

_EVERYWHERE: Final = {
    "aws-node": Amounts(cpu_m=50, pods=1),
    "kube-proxy": Amounts(cpu_m=100, pods=1),
    "ebs-csi-node": Amounts(cpu_m=30, memory=120 * MIB, pods=1),
    "efs-csi-node": Amounts(pods=1),
    "eks-pod-identity-agent": Amounts(pods=1),
    "eks-node-monitoring-agent": Amounts(cpu_m=10, memory=30 * MIB, pods=1),
}
_BY_KIND: Final[dict[Kind, dict[str, Amounts]]] = {
    "cpu": {},
    "nvidia": {"nvidia-device-plugin": Amounts(pods=1)},
    "neuron": {"neuron-device-plugin": Amounts(pods=1)},
}


_FOR_MPS: Final = {"nvidia-device-plugin-mps-control-daemon": Amounts(pods=1)}


@cache
def daemons(kind: Kind, *, mps: bool = False) -> Amounts:
    """Return what the DaemonSets take of each node of a kind; ``mps``: whether GPUs share so."""
    return reduce(add, (_EVERYWHERE | _BY_KIND[kind] | (_FOR_MPS if mps else {})).values())
