"""What a machine of a pool has for servers, by Karpenter's own estimate. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.placement.daemons import daemons
from jupyterhub_eks.placement.resources import GIB, MIB, Amounts
from jupyterhub_eks.releases.families import kind_of, slices_per_gpu
from jupyterhub_eks.releases.node_classes import PODS_WITH_PREFIXES, uses_bottlerocket

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.releases.families import Kind


@dataclass(frozen=True, kw_only=True)
class NodeMake:
    """How the nodes of any pool are made, as far as their room depends on it.

    Attributes:
        kind: What the machines are.
        disk_gib: Root volume, GiB.
        uses_own_disks: Whether local disks of a machine take the place of the root volume.
        slices: Users who share a GPU; 1: it is not shared.
        max_pods: Most pods of a node; None: as many as its network addresses allow.
        counts_fractions: Whether a fraction of a GPU, which EC2 counts as none, is one device.
    """

    kind: Kind
    disk_gib: int
    uses_own_disks: bool = False
    slices: int = 1
    max_pods: int | None = None
    counts_fractions: bool = True


def room(machine: InstanceType, pool: PoolConfig, *, prefixes: bool) -> Amounts:
    """Return what is left for servers on an empty node.

    Args:
        machine: Its type.
        pool: Pool that it is started in.
        prefixes: Whether nodes take address prefixes, and so may run more pods.
    """
    kind = kind_of(pool)
    make = NodeMake(
        kind=kind,
        disk_gib=pool.disk_gib,
        uses_own_disks=kind != "cpu" and not uses_bottlerocket(pool),
        slices=slices_per_gpu(pool),
        max_pods=PODS_WITH_PREFIXES if prefixes else None,
    )
    return room_of(machine, make)


def room_of(machine: InstanceType, make: NodeMake) -> Amounts:
    """Return what is left for servers on an empty node.

    Args:
        machine: Its type.
        make: How the node is made.
    """
    disk = machine.allocatable_ephemeral_gib(root_disk_gib=make.disk_gib, raid0=make.uses_own_disks)
    has = Amounts(
        cpu_m=machine.allocatable_cpu_m,
        memory=machine.allocatable_memory_mib() * MIB,
        disk=disk * GIB,
        gpu=_gpus(machine, make),
        neuron=machine.neuron_devices,
        pods=machine.pods if make.max_pods is None else make.max_pods,
    )
    return has - daemons(make.kind)


def _gpus(machine: InstanceType, make: NodeMake) -> int:
    """Return what the device plugin offers, which overlays tell Karpenter too."""
    if machine.gpu_manufacturer != "nvidia":
        return 0
    count = machine.gpu_count or (1 if make.counts_fractions else 0)
    return count * make.slices
