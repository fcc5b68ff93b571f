"""Labels that keep a server from pools, and how to say it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.foreign.nodes import can_be
from jupyterhub_eks.foreign.selecting import of_any_node
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.obstacles import Obstacle

_MOST_NAMED: Final = 3
_POOL_LABEL: Final = "karpenter.sh/nodepool"
# Put on a node by feature discovery or the cloud once it runs, so that none is started for it.
_AFTER_START: Final = ("nvidia.com/", "feature.node.kubernetes.io/", "eks.amazonaws.com/")


def labels_in_words(found: Sequence[Obstacle], pools: Sequence[NodePool]) -> Iterator[str]:
    """Yield why nodes of pools are not those that a server selects.

    Args:
        found: The obstacles, all of labels.
        pools: All pools.
    """
    others = [each for each in found if _is_of_pool(each, pools)]
    yield from (_other_value(each) for each in others[:_MOST_NAMED])
    if len(others) > _MOST_NAMED:
        yield f"and {len(others) - _MOST_NAMED} more pools"
    for what in dict.fromkeys(each.what for each in found if each not in others):
        key, _, value = what.partition(": ")
        known = sorted({pool.labels[key] for pool in pools if key in pool.labels})
        if known:
            yield f"no node pool has the label `{what}`; {did_you_mean(value, known)}"
        elif key.startswith(_AFTER_START):
            yield (
                f"no node pool has the label `{what}`, and one that is added to a running node "
                "starts none"
            )
        else:
            yield (
                f"no node pool has the label `{what}`; none has a label "
                f"`{key.partition(' ')[0]}` at all"
            )


def _is_of_pool(obstacle: Obstacle, pools: Sequence[NodePool]) -> bool:
    """Whether it is the pool's value that is in the way, or another pool has what is demanded."""
    wanted = obstacle.label
    return wanted is not None and (
        wanted.operator != "In"
        or of_any_node(wanted.key)
        or any(can_be(pool, wanted) for pool in pools)
    )


def _other_value(obstacle: Obstacle) -> str:
    key = obstacle.label.key if obstacle.label else obstacle.what
    has = f"have `{key}` {obstacle.detail}" if obstacle.detail else f"have no label `{key}`"
    return f"pool `{obstacle.pool}`: its nodes {has}, and `{obstacle.what}` is demanded"


def other_label(obstacle: Obstacle, pools: Sequence[NodePool]) -> str:
    """Return what to select instead, or what to give a pool; arguments as above, but one."""
    wanted = obstacle.label
    if wanted and wanted.operator != "In":
        return f"take away `{obstacle.what}`, or give a pool whose nodes meet it"
    if wanted and of_any_node(wanted.key):
        return (
            f"select {obstacle.detail}, or let the requirements of the pool `{obstacle.pool}` have "
            f"{', '.join(wanted.values)}"
        )
    key = obstacle.what.partition(": ")[0]
    alike = [f"`{key}: {pool.labels[key]}`" for pool in pools if key in pool.labels]
    others = [
        f"`{key}: {value}`"
        for pool in pools
        for key, value in pool.labels.items()
        if key != _POOL_LABEL
    ]
    names = [f"`{_POOL_LABEL}: {pool.name}`" for pool in pools if pool.name]
    known = list(dict.fromkeys(alike or others or names))[:_MOST_NAMED]
    return (
        f"select what a pool has ({', '.join(known)}), or add `{obstacle.what}` to the labels of "
        "the pool that is meant"
    )
