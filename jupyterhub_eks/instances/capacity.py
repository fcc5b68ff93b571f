"""What a node keeps for pods, before it exists: Karpenter's estimate for Amazon Linux 2023.

Formulas as in Karpenter 1.14.1, ``pkg/providers/instancetype/types.go`` and its reference page
"Instance types". DaemonSet pods are not subtracted. A real node can differ a little, mostly in
memory.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Final

# The default of Karpenter's setting `vmMemoryOverheadPercent`.
VM_MEMORY_OVERHEAD: Final = Fraction(75, 1000)
# The kubelet's `evictionHard` for memory, MiB, and for the disk, share of it.
MEMORY_EVICTION_MIB: Final = 100
DISK_EVICTION: Final = Fraction(1, 10)
DISK_RESERVED_GIB: Final = 1
# Amazon Linux 2023 without `blockDeviceMappings`.
DEFAULT_ROOT_DISK_GIB: Final = 20
# Memory of Graviton machines that Linux keeps for contiguous allocation.
_ARM_RESERVED_MIB: Final = 64
# (cores, share of each that the kubelet keeps, in 1/10000)
_CPU_STEPS: Final = ((1, 600), (1, 100), (2, 50))
_CPU_REST: Final = 25


def reserved_cpu_m(vcpu: int) -> int:
    """Return millicores that the kubelet keeps of ``vcpu`` cores."""
    reserved, left = 0, vcpu
    for cores, share in _CPU_STEPS:
        reserved += min(cores, left) * share // 10
        left -= min(cores, left)
    return reserved + left * _CPU_REST // 10


def reserved_memory_mib(pods: int) -> int:
    """Return MiB that the kubelet keeps on a node for ``pods`` pods."""
    return 255 + 11 * pods


def visible_memory_mib(
    memory_mib: int, *, is_arm: bool, overhead: Fraction = VM_MEMORY_OVERHEAD
) -> int:
    """Return MiB that a node is expected to report, of nominal ``memory_mib``.

    Args:
        memory_mib: Nominal memory, MiB.
        is_arm: Whether it is a Graviton machine.
        overhead: Share of it that the hypervisor and the kernel take.
    """
    memory = memory_mib - (_ARM_RESERVED_MIB if is_arm else 0)
    return memory - ceil(memory * overhead)


def allocatable_disk_gib(capacity_gib: Fraction) -> int:
    """Return whole GiB for pods' files, logs and images, of a disk of ``capacity_gib``."""
    return max(floor(capacity_gib * (1 - DISK_EVICTION)) - DISK_RESERVED_GIB, 0)
