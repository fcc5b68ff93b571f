"""What an empty node has room for, and what is short on it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.obstacles import Obstacle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.wishes import Wish


def fits(node: Node, wish: Wish) -> bool:
    """Whether an empty node holds a server."""
    if node.counted.short_of(wish.amounts) or node.offered.short_of(wish.amounts):
        return False
    return all(
        node.others.get(name, 0) >= count for name, count in wish.others if extended.is_known(name)
    )


def users_of(node: Node, wish: Wish) -> int:
    """Return how many servers an empty node holds."""
    known = ((name, count) for name, count in wish.others if extended.is_known(name))
    counts = [node.others.get(name, 0) // count for name, count in known]
    return min([node.offered.times(wish.amounts), *counts, *([1] if wish.is_alone else [])])


def has(node: Node, resource: str) -> bool:
    """Whether a node has some of an extended resource."""
    if resource == extended.GPU:
        return node.offered.gpu > 0
    if resource == extended.NEURON:
        return node.offered.neuron > 0
    return node.others.get(resource, 0) > 0


def short_on(pool: NodePool, suited: Sequence[Node], wish: Wish) -> Obstacle:
    """Return what is short on the machine of a pool that comes nearest."""
    nearest = max(suited, key=lambda node: _nearness(node, wish))
    for name, count in wish.others:
        if extended.is_known(name) and nearest.others.get(name, 0) < count:
            has = nearest.others.get(name, 0)
            return Obstacle("resource", pool.name, name, nearest.machine.name, count, has)
    short = (
        nearest.counted.short_of(wish.amounts) or nearest.offered.short_of(wish.amounts) or "pods"
    )
    has = max(min(nearest.counted.of(short), nearest.offered.of(short)), 0)
    return Obstacle("room", pool.name, short, nearest.machine.name, wish.amounts.of(short), has)


def _nearness(node: Node, wish: Wish) -> tuple[int, int]:
    wanted = wish.amounts
    met = sum(
        node.counted.of(name) >= wanted.of(name)
        for name in ("gpu", "neuron", "cpu_m", "memory", "disk")
    )
    met += sum(node.others.get(name, 0) >= count for name, count in wish.others)
    return met, node.counted.memory
