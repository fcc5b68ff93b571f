"""What a machine of a pool has for servers, by Karpenter's own estimate. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyterhub_eks.placement.daemons import daemons
from jupyterhub_eks.placement.resources import GIB, MIB, Amounts
from jupyterhub_eks.releases.families import kind_of
from jupyterhub_eks.releases.node_classes import PODS_WITH_PREFIXES, uses_local_disks
from jupyterhub_eks.releases.sharing import every_slicing, slices_on

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        slices_by_family: The same where it depends on the machine.
        is_mps: Whether a daemon for MPS runs beside the device plugin.
        is_dedicated: Whether one server has the node to itself.
        max_pods: Most pods of a node; None: as many as its network addresses allow.
        counts_fractions: Whether a fraction of a GPU, which EC2 counts as none, is one device.
    """

    kind: Kind
    disk_gib: int
    uses_own_disks: bool = False
    slices: int = 1
    slices_by_family: Mapping[str, int] = field(default_factory=dict)
    is_mps: bool = False
    is_dedicated: bool = False
    max_pods: int | None = None
    counts_fractions: bool = True


def make_of(pool: PoolConfig, *, prefixes: bool) -> NodeMake:
    """Return how the nodes of a pool are made.

    Args:
        pool: Pool that they are started in.
        prefixes: Whether nodes take address prefixes, and so may run more pods.
    """
    by_family = every_slicing(pool)
    return NodeMake(
        kind=kind_of(pool),
        disk_gib=pool.disk_gib,
        uses_own_disks=uses_local_disks(pool),
        slices=1 if by_family else slices_on(pool, pool.instances[0]),
        slices_by_family=by_family,
        is_mps=pool.gpu.sharing == "mps",
        is_dedicated=pool.dedicated,
        max_pods=PODS_WITH_PREFIXES if prefixes else None,
    )


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
    left = has - daemons(make.kind, mps=make.is_mps)
    return replace(left, pods=min(left.pods, 1)) if make.is_dedicated else left


def _gpus(machine: InstanceType, make: NodeMake) -> int:
    """Return what the device plugin offers, which overlays tell Karpenter too."""
    if machine.gpu_manufacturer != "nvidia":
        return 0
    count = machine.gpu_count or (1 if make.counts_fractions else 0)
    return count * make.slices_by_family.get(machine.family, make.slices)
