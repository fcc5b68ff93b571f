"""The dearest machines that the limits of a pool let through. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.costs.packing import pack
from jupyterhub_eks.instances.capacity import visible_memory_mib

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.instances.model import InstanceType

_CENT_OF_CENT: Final = Decimal("0.0001")
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


@dataclass(frozen=True)
class Filling:
    """The dearest that limits of a pool let through.

    Attributes:
        hourly: What it costs an hour; where it is not exact, no set costs more.
        machines: Which machines it is, e.g. ``64 x m7i.xlarge``.
        limit: The limit that holds most, as in ``max``; empty: nothing is let through.
        is_exact: Whether there is a set of machines that costs this.
    """

    hourly: Decimal
    machines: str
    limit: str
    is_exact: bool = True


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


def least_for(servers: Iterable[Iterable[InstanceType]], key: str) -> int:
    """Return the least limit under which each of some servers has a machine.

    Args:
        servers: The machines on which each starts; one without any counts for nothing.
        key: The limit, as in ``max``.
    """
    sizes = (min((_nominal(each, key) for each in found), default=0) for found in servers)
    return max(sizes, default=0)


def is_let_through(machine: InstanceType, limits: Mapping[str, int]) -> bool:
    """Whether a pool may have one of a machine.

    Args:
        machine: Its type.
        limits: As in ``max``.
    """
    return all(_weight(machine, key) <= _room(key, most) for key, most in limits.items())


def fill(items: Sequence[Item], limits: Mapping[str, int]) -> Filling | None:
    """Return the dearest that all limits together allow; None: some machine is held by none.

    Machines above a limit, each for itself, are never started and so left out.

    Args:
        items: Machines of the pool.
        limits: As in ``max``.
    """
    allowed = [each for each in items if is_let_through(each.machine, limits)]
    keys = list(limits)
    weights = [[_weight(each.machine, key) for key in keys] for each in allowed]
    if not all(any(own) for own in weights):
        return None
    found = pack(
        [float(each.hourly) for each in allowed], weights, [_room(key, limits[key]) for key in keys]
    )
    held_by = max(zip(found.shares, keys, strict=True), default=(0.0, ""), key=lambda e: e[0])[1]
    if not found.is_exact:
        hourly = Decimal(found.bound).quantize(_CENT_OF_CENT, ROUND_CEILING)
        return Filling(hourly, f"a bound by {held_by}: {limits[held_by]}", held_by, is_exact=False)
    counted = [(count, each) for count, each in zip(found.counts, allowed, strict=True) if count]
    return Filling(
        sum((count * each.hourly for count, each in counted), Decimal(0)),
        ", ".join(f"{count} x {each.machine.name}" for count, each in counted),
        held_by,
    )


def most_servers(
    options: Sequence[tuple[InstanceType, int]], limits: Mapping[str, int]
) -> int | None:
    """Return the most servers that all limits together allow; None: no limit holds them.

    Args:
        options: Machines with the servers that each holds.
        limits: As in ``max``.
    """
    allowed = [each for each in options if is_let_through(each[0], limits)]
    weights = [[_weight(machine, key) for key in limits] for machine, _ in allowed]
    if not options or not all(any(own) for own in weights):
        return None
    rooms = [_room(key, most) for key, most in limits.items()]
    found = pack([float(users) for _, users in allowed], weights, rooms)
    if not found.is_exact:
        return int(found.bound + float(_CENT_OF_CENT))
    return sum(count * users for count, (_, users) in zip(found.counts, allowed, strict=True))


def most_of(machine: InstanceType, limits: Mapping[str, int]) -> int | None:
    """Return how many of one machine all limits let through; None: no limit holds it."""
    weights = {key: _weight(machine, key) for key in limits}
    return min((_room(k, limits[k]) // each for k, each in weights.items() if each), default=None)


def _room(key: str, most: int) -> int:
    return most * _MIB_PER_GIB if key == "memory_gib" else most


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
