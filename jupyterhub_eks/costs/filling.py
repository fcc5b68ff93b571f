"""The dearest machines that a limit of a pool lets through. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from math import gcd
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.instances.capacity import visible_memory_mib

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.instances.model import InstanceType

# More steps than this are not gone through; the bound without whole machines does.
_MOST_STEPS: Final = 20_000
_MIB_PER_GIB: Final = 1024


@dataclass(frozen=True)
class Item:
    """A machine that may be started any number of times.

    Attributes:
        machine: Its type.
        hourly: What an hour of it costs, with its disk.
    """

    machine: InstanceType
    hourly: Decimal


def suggested_limit(items: Sequence[Item]) -> str:
    """Return the key of ``max`` that would hold all of some machines."""
    for key in ("gpu", "neuron"):
        if items and all(_weight(each.machine, key) for each in items):
            return key
    return "cpu"


def smallest(items: Sequence[Item], key: str) -> int:
    """Return the least limit under which one of the machines can be started."""
    sizes = [_nominal(each.machine, key) for each in items]
    return min((size for size in sizes if size), default=1)


def bound(items: Sequence[Item], key: str, most: int) -> tuple[Decimal, str] | None:
    """Return the dearest that a limit allows, and what that is; None: it holds not all of them.

    Machines above the limit, each for itself, are never started and so left out.

    Args:
        items: Machines of the pool.
        key: As in ``max``.
        most: The limit.
    """
    if not all(_weight(each.machine, key) for each in items):
        return None
    allowed = [each for each in items if _nominal(each.machine, key) <= most]
    if not allowed:
        return Decimal(0), ""
    weights = [_weight(each.machine, key) for each in allowed]
    capacity = most * _MIB_PER_GIB if key == "memory_gib" else most
    step = reduce(gcd, weights)
    if capacity // step > _MOST_STEPS:
        rate = max(each.hourly / weight for each, weight in zip(allowed, weights, strict=True))
        return rate * capacity, f"{most} {key}"
    return fill(allowed, [weight // step for weight in weights], capacity // step)


def fill(items: Sequence[Item], weights: Sequence[int], room: int) -> tuple[Decimal, str]:
    """Return the dearest set of whole machines that has room, and what it is."""
    best: list[tuple[Decimal, tuple[int, ...]]] = [(Decimal(0), (0,) * len(items))]
    for space in range(1, room + 1):
        value, counts = best[space - 1]
        for index, (item, weight) in enumerate(zip(items, weights, strict=True)):
            if weight <= space and best[space - weight][0] + item.hourly > value:
                value, before = best[space - weight]
                value += item.hourly
                counts = (*before[:index], before[index] + 1, *before[index + 1 :])
        best.append((value, counts))
    value, counts = best[room]
    named = [
        f"{count} x {item.machine.name}" for item, count in zip(items, counts, strict=True) if count
    ]
    return value, ", ".join(named)


def _weight(machine: InstanceType, key: str) -> int:
    """Return what a machine takes of a limit; memory in MiB, as its node reports it."""
    if key == "memory_gib":
        return visible_memory_mib(machine.memory_mib, is_arm=machine.arch == "arm64")
    return _nominal(machine, key)


def _nominal(machine: InstanceType, key: str) -> int:
    """Return what a machine is sold with, in the unit of the limit."""
    if key == "cpu":
        return machine.vcpu
    if key == "memory_gib":
        return -(-machine.memory_mib // _MIB_PER_GIB)
    if key == "nodes":
        return 1
    if key == "neuron":
        return machine.neuron_devices
    # A fraction of a GPU is reported as one device.
    is_fraction = machine.gpu_manufacturer == "nvidia" and not machine.gpu_count
    return 1 if is_fraction else machine.gpu_count
