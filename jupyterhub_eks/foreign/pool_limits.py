"""The upper limits of a node pool that others wrote, held against a single machine. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.obstacles import Obstacle
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.resources import GIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.instances.model import InstanceType

# Ours, with the base units of each.
_OURS: Final = {
    extended.CPU: ("cpu", 1000),
    extended.MEMORY: ("memory_gib", GIB),
    extended.GPU: ("gpu", 1),
    extended.NEURON: ("neuron", 1),
}
_UNITS: Final = {extended.MEMORY: "Gi"}
_NODES: Final = "nodes"


def exceeded_of(pool: NodePool, machine: InstanceType) -> Iterator[tuple[str, float]]:
    """Yield each limit of a pool that one machine exceeds, with what it has of it.

    Args:
        pool: The pool.
        machine: Its type.
    """
    limits = {
        _OURS[name][0]: amount / _OURS[name][1]
        for name, amount in pool.limits.items()
        if name in _OURS
    }
    names = {ours: name for name, (ours, _) in _OURS.items()}
    for key, has in exceeded(machine, limits):
        yield names[key], has
    if pool.limits.get(_NODES, 1) < 1:
        yield _NODES, 1


def over_limit(pool: NodePool, machine: InstanceType) -> Obstacle:
    """Return the obstacle of the first limit that the smallest machine for a server exceeds."""
    name, has = next(exceeded_of(pool, machine))
    most = pool.limits[name] / _OURS.get(name, ("", 1))[1]
    unit = _UNITS.get(name, "")
    detail = "one node" if name == _NODES else f"{machine.name}, the smallest that holds a server,"
    return Obstacle(
        "limit", pool.name, f"{name}: {most:g}{unit}", detail, needs=math.ceil(has), has=int(most)
    )
