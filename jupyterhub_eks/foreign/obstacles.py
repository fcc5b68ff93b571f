"""What keeps a server from a pool, and how to say it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.label_obstacles import labels_in_words, other_label
from jupyterhub_eks.placement.reasons import THINGS
from jupyterhub_eks.placement.resources import RESOURCES, Resource
from jupyterhub_eks.placement.units import amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.selecting import Requirement

# In the order in which a scheduler meets them: of several pools, those that came furthest count.
Why = Literal["label", "taint", "unknown", "selector", "machines", "resource", "room", "limit"]
_ORDER: Final[tuple[Why, ...]] = (
    "label", "taint", "unknown", "selector", "machines", "resource", "room", "limit",
)  # fmt: skip
_MOST_NAMED: Final = 3
NO_OVERLAY: Final = (
    "no NodeOverlay (Karpenter's object that tells it of resources which EC2 does not name) has "
    "partitions"
)


@dataclass(frozen=True)
class Obstacle:
    """What keeps a server from a pool.

    Attributes:
        why: Kind of obstacle.
        pool: Name of the pool; empty where no pools are known.
        what: The label, taint or resource.
        detail: More of it: the machine that comes nearest, the whole taint, the values.
        needs: What a server needs, in base units.
        has: What there is of it; of labels, how many demands are met.
        label: What is demanded of a label.
    """

    why: Why
    pool: str
    what: str
    detail: str = ""
    needs: int = 0
    has: int = 0
    label: Requirement | None = None


def of_labels(pool: NodePool, requirement: Requirement, met: int) -> Obstacle:
    """Return the obstacle of a label that nodes of a pool do not have.

    Args:
        pool: The pool.
        requirement: What its nodes do not meet.
        met: How many requirements they do meet.
    """
    own = pool.labels.get(requirement.key)
    allowed = [v for each in pool.requirements if each.key == requirement.key for v in each.values]
    detail = own if own is not None else ", ".join(allowed)
    return Obstacle("label", pool.name, str(requirement), detail, has=met, label=requirement)


def in_words(obstacles: Sequence[Obstacle], pools: Sequence[NodePool]) -> tuple[str, ...]:
    """Return why a server starts nowhere: what is in the way where it came furthest.

    Args:
        obstacles: One for each pool.
        pools: The pools.
    """
    furthest = max(_ORDER.index(each.why) for each in obstacles)
    found = [each for each in obstacles if _ORDER.index(each.why) == furthest]
    if found[0].why == "label":
        most = max(each.has for each in found)
        return tuple(labels_in_words([each for each in found if each.has == most], pools))
    lines = list(dict.fromkeys(_sentence(each) for each in found))
    more = len(lines) - _MOST_NAMED
    return (*lines[:_MOST_NAMED], *([f"and {more} more pools"] if more > 0 else ()))


def what_to_change(obstacles: Sequence[Obstacle], pools: Sequence[NodePool]) -> str:
    """Return what would let a server start, by the obstacle at which it came furthest."""
    first = max(
        obstacles,
        key=lambda each: (_ORDER.index(each.why), each.has if each.why == "label" else 0),
    )
    return _REMEDIES[first.why](first, pools)


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
            f"and {NO_OVERLAY}"
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


def _limit(obstacle: Obstacle) -> str:
    return f"its limit `{obstacle.what}` is less than {obstacle.detail} has: none is ever started"


_SENTENCES: Final = {
    "taint": _taint,
    "unknown": _unknown,
    "selector": _selector,
    "machines": _machines,
    "resource": _resource,
    "room": _room,
    "limit": _limit,
}


def _toleration(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    key = obstacle.what.partition(":")[0].partition("=")[0]
    return f"add `tolerations: [{{key: {key}, operator: Exists}}]`, or select another pool"


def _known_machine(_: Obstacle, __: Sequence[NodePool]) -> str:
    return "check the name; `jhub data refresh` learns of new types"


def _fitting_machine(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    if obstacle.pool:
        return f"select machines that the pool `{obstacle.pool}` has, or let it have these"
    return "take away the requirement that contradicts the others"


def _machines_of_pool(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    where = f", or take another region than {obstacle.detail}" if obstacle.detail else ""
    return f"widen the requirements of the pool `{obstacle.pool}`{where}"


def _fewer_devices(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    if obstacle.what.startswith(extended.MIG_PREFIX) and not obstacle.has:
        return how_to_partition(obstacle.what)
    if obstacle.has:
        return f"ask for {obstacle.has} or fewer, or let the pool have larger machines"
    return f"take a pool whose machines have `{obstacle.what}`"


def how_to_partition(name: str) -> str:
    """Return what it takes that Karpenter starts nodes for a MIG partition."""
    return (
        f"a pool whose nodes partition their GPUs, and a NodeOverlay with `{name}` as capacity; "
        "`jhub profiles import` writes such a pool"
    )


def _less(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    resource: Resource = next(each for each in RESOURCES if each == obstacle.what)
    larger = "let the pool have larger machines" if obstacle.pool else "select a larger machine"
    if not obstacle.has:
        return f"select machines that have {THINGS[resource]}"
    return f"ask for {amount(resource, obstacle.has)} {THINGS[resource]} or less, or {larger}"


def _more(obstacle: Obstacle, _: Sequence[NodePool]) -> str:
    key = obstacle.what.partition(":")[0]
    return f"raise `limits.{key}` of the pool `{obstacle.pool}` to at least {obstacle.needs}"


_REMEDIES: Final = {
    "label": other_label,
    "taint": _toleration,
    "unknown": _known_machine,
    "selector": _fitting_machine,
    "machines": _machines_of_pool,
    "resource": _fewer_devices,
    "room": _less,
    "limit": _more,
}
