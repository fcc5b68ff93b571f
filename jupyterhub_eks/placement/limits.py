"""The upper limits of a pool, held against a single machine. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.instances.model import InstanceType


def exceeded(machine: InstanceType, limits: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield each limit that one machine exceeds, with what it has.

    Karpenter starts no machine that would be more than its whole pool may have.

    Args:
        machine: Its type.
        limits: As in ``max`` of a pool.
    """
    has = {
        "cpu": machine.vcpu,
        "memory_gib": machine.memory_mib / 1024,
        "gpu": machine.gpu_count,
        "neuron": machine.neuron_devices,
    }
    for key, most in limits.items():
        # A machine is one of `nodes`, which is at least one.
        if key in has and has[key] > most:
            yield key, has[key]
