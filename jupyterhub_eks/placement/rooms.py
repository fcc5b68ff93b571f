"""What a machine of a pool has for servers, by Karpenter's own estimate. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.placement.daemons import daemons
from jupyterhub_eks.placement.resources import GIB, MIB, Amounts
from jupyterhub_eks.releases.families import kind_of, slices_per_gpu
from jupyterhub_eks.releases.node_classes import PODS_WITH_PREFIXES, uses_bottlerocket

if TYPE_CHECKING:
    from jupyterhub_eks.config.profiles import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType


def room(machine: InstanceType, pool: PoolConfig, *, prefixes: bool) -> Amounts:
    """Return what is left for servers on an empty node.

    Args:
        machine: Its type.
        pool: Pool that it is started in.
        prefixes: Whether nodes take address prefixes, and so may run more pods.
    """
    kind = kind_of(pool)
    uses_own_disks = kind != "cpu" and not uses_bottlerocket(pool)
    has = Amounts(
        cpu_m=machine.allocatable_cpu_m,
        memory=machine.allocatable_memory_mib() * MIB,
        disk=machine.allocatable_ephemeral_gib(root_disk_gib=pool.disk_gib, raid0=uses_own_disks)
        * GIB,
        gpu=_gpus(machine, pool),
        neuron=machine.neuron_devices,
        pods=PODS_WITH_PREFIXES if prefixes else machine.pods,
    )
    return has - daemons(kind)


def _gpus(machine: InstanceType, pool: PoolConfig) -> int:
    """Return what the device plugin offers, which the overlays tell Karpenter too.

    A fraction of a GPU, which EC2 counts as none, is one device.
    """
    if machine.gpu_manufacturer != "nvidia":
        return 0
    return (machine.gpu_count or 1) * slices_per_gpu(pool)
