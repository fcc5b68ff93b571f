"""What keeps a server from a pool, and how to say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.foreign import extended
from jupyterhub_eks.placement.reasons import THINGS, amount
from jupyterhub_eks.placement.resources import RESOURCES, Resource
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.selecting import Requirement

# In the order in which a scheduler meets them: of several pools, those that came furthest count.
Why = Literal["label", "taint", "unknown", "selector", "machines", "resource", "room"]
_ORDER: Final[tuple[Why, ...]] = (
    "label", "taint", "unknown", "selector", "machines", "resource", "room",
)  # fmt: skip
_MOST_NAMED: Final = 3
# Put on a node by feature discovery or the cloud once it runs, so that none is started for it.
_AFTER_START: Final = ("nvidia.com/", "feature.node.kubernetes.io/", "eks.amazonaws.com/")


@dataclass(frozen=True)
class Obstacle:
    """What keeps a server from a pool.

    Attributes:
        why: Kind of obstacle.
        pool: Name of the pool; empty where no pools are known.
        what: The label, taint or resource.
        detail: More of it: the machine that comes nearest, the whole taint, the values.
        needs: What a server needs, in base units.
        has: What there is of it.
    """

    why: Why
    pool: str
    what: str
    detail: str = ""
    needs: int = 0
    has: int = 0


def of_labels(pool: NodePool, requirement: Requirement) -> Obstacle:
    """Return the obstacle of a label that nodes of a pool do not have."""
    own = pool.labels.get(requirement.key)
    allowed = [v for each in pool.requirements if each.key == requirement.key for v in each.values]
    detail = own if own is not None else ", ".join(allowed)
    return Obstacle("label", pool.name, str(requirement), detail)


def in_words(obstacles: Sequence[Obstacle], pools: Sequence[NodePool]) -> tuple[str, ...]:
    """Return why a server starts nowhere: what is in the way where it came furthest.

    Args:
        obstacles: One for each pool.
        pools: The pools.
    """
    furthest = max(_ORDER.index(each.why) for each in obstacles)
    found = [each for each in obstacles if _ORDER.index(each.why) == furthest]
    if found[0].why == "label":
        return tuple(_labels(found, pools))
    lines = list(dict.fromkeys(_sentence(each) for each in found))
    more = len(lines) - _MOST_NAMED
    return (*lines[:_MOST_NAMED], *([f"and {more} more pools"] if more > 0 else ()))


def _labels(found: Sequence[Obstacle], pools: Sequence[NodePool]) -> Iterator[str]:
    for what in dict.fromkeys(each.what for each in found):
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
            yield f"no node pool has the label `{what}`, nor any `{key.split()[0]}`"


def _sentence(obstacle: Obstacle) -> str:
    pool = f"pool `{obstacle.pool}`: " if obstacle.pool else ""
    return pool + _SENTENCES[obstacle.why](obstacle)


def _taint(obstacle: Obstacle) -> str:
    return f"the server does not tolerate the taint `{obstacle.what}` of its nodes"


def _unknown(obstacle: Obstacle) -> str:
    return f"nothing is known of a machine {obstacle.what}{obstacle.detail}"


def _selector(obstacle: Obstacle) -> str:
    other = (
        f"; its machines are e.g. {obstacle.detail}" if obstacle.detail and obstacle.pool else ""
    )
    if not obstacle.pool and obstacle.detail:
        other = f" among those that are left, e.g. {obstacle.detail}"
    return f"no machine has `{obstacle.what}`{other}"


def _machines(obstacle: Obstacle) -> str:
    where = f" that {obstacle.detail} offers" if obstacle.detail else ""
    return f"no machine{where} meets its requirements"


def _resource(obstacle: Obstacle) -> str:
    name, has = obstacle.what, obstacle.has
    if name.startswith(extended.MIG_PREFIX) and not has:
        families = extended.mig_families(name)
        return (
            f"nothing offers `{name}`: no node partitions its GPUs ({', '.join(families)} could), "
            "and no NodeOverlay tells Karpenter of partitions"
        )
    return f"a server needs {obstacle.needs} `{name}`, and {obstacle.detail} has {has}"


def _room(obstacle: Obstacle) -> str:
    resource: Resource = next(each for each in RESOURCES if each == obstacle.what)
    needs = amount(resource, obstacle.needs, up=True)
    has = amount(resource, obstacle.has)
    missing = amount(resource, obstacle.needs - obstacle.has, up=True)
    return (
        f"a server needs {needs} {THINGS[resource]}, and {obstacle.detail} leaves {has} "
        f"({missing} missing)"
    )


_SENTENCES: Final = {
    "taint": _taint,
    "unknown": _unknown,
    "selector": _selector,
    "machines": _machines,
    "resource": _resource,
    "room": _room,
}
