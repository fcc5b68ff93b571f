"""On which machines a server of a foreign profile starts, or what is in the way. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyterhub_eks.config.document import Place
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.node_pools import NodePool
from jupyterhub_eks.foreign.nodes import can_be, divided, nodes
from jupyterhub_eks.foreign.obstacles import Obstacle, in_words, of_labels, what_to_change
from jupyterhub_eks.foreign.pool_limits import exceeded_of, over_limit
from jupyterhub_eks.foreign.rooms import fits, has, short_on
from jupyterhub_eks.foreign.selecting import holds, of_any_node, of_machine
from jupyterhub_eks.foreign.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.selecting import Requirement, Selection
    from jupyterhub_eks.foreign.verdicts import Status, Surroundings
    from jupyterhub_eks.foreign.wishes import Wish


class _InPool(NamedTuple):
    """Machines of a pool.

    Attributes:
        pool: The pool.
        suited: Those that meet the demands of a server; or what is in the way.
        within: Those of them that the upper limits of the pool allow at all.
    """

    pool: NodePool
    suited: tuple[Node, ...] | Obstacle
    within: tuple[Node, ...]


class Placer:
    """Gives verdicts about servers; what is the same for many is worked out once."""

    def __init__(self, known: Surroundings) -> None:
        self._known = known
        anywhere = NodePool(name="", place=Place())
        self._pools = known.pools or (anywhere,)
        self._nodes: dict[str, tuple[Node, ...]] = {}
        self._suited: dict[Selection, tuple[_InPool, ...]] = {}

    def verdict(self, wish: Wish) -> Verdict:
        """Return whether a server starts, and on what."""
        if wish.is_open:
            return Verdict("open")
        found: list[tuple[NodePool, Sequence[Node]]] = []
        obstacles: list[Obstacle] = []
        for pool, suited, within in self._in_pools(wish.selection):
            if isinstance(suited, Obstacle):
                obstacles.append(suited)
                continue
            if any(fits(node, wish) for node in reversed(within)):  # the largest first
                found.append((pool, within))
                continue
            smallest = next((node for node in suited if fits(node, wish)), None)
            obstacles.append(
                over_limit(pool, smallest.machine) if smallest else short_on(pool, suited, wish)
            )
        if found:
            return Verdict(self._status(wish), (), wish, tuple(found))
        pools = self._known.pools
        return Verdict("never", in_words(obstacles, pools), hint=what_to_change(obstacles, pools))

    def offers(self, resource: str) -> bool:
        """Whether any machine of any pool has some of an extended resource."""
        return any(has(node, resource) for pool in self._pools for node in self._of(pool))

    def _status(self, wish: Wish) -> Status:
        """Without pools only a server that names its machine has a verdict."""
        if not all(extended.is_known(name) for name, _ in wish.others):
            return "open"
        if self._known.pools:
            return "starts"
        named = any(
            of_machine(each.key)
            for alternative in wish.selection.alternatives
            for each in alternative
        )
        return "starts" if named else "open"

    def _of(self, pool: NodePool) -> tuple[Node, ...]:
        if pool.name not in self._nodes:
            known = self._known
            offers = known.catalog.offered(known.region) if known.region else None
            self._nodes[pool.name] = tuple(
                node
                for node in self._every(pool)
                if offers is None or offers.zones(node.machine.name)
            )
        return self._nodes[pool.name]

    def _every(self, pool: NodePool) -> Sequence[Node]:
        known = self._known
        found = nodes(pool, known.catalog, known.plugin, known.overlays)
        # Of a cluster that is not known any GPU may be partitioned, or shared.
        return found if known.pools else tuple(divided(node) for node in found)

    def _in_pools(self, selection: Selection) -> tuple[_InPool, ...]:
        """Return what each pool has for servers that demand the same of their node."""
        if selection not in self._suited:
            self._suited[selection] = tuple(self._in_pool(pool, selection) for pool in self._pools)
        return self._suited[selection]

    def _in_pool(self, pool: NodePool, selection: Selection) -> _InPool:
        suited = self._suit(pool, selection)
        if isinstance(suited, Obstacle) or not pool.limits:
            return _InPool(pool, suited, () if isinstance(suited, Obstacle) else suited)
        within = tuple(node for node in suited if not any(exceeded_of(pool, node.machine)))
        return _InPool(pool, suited, within)

    def _suit(self, pool: NodePool, selection: Selection) -> tuple[Node, ...] | Obstacle:
        obstacles = []
        for wanted in selection.alternatives:
            found = self._meeting(pool, wanted, selection)
            if not isinstance(found, Obstacle):
                return found
            obstacles.append(found)
        return obstacles[0]

    def _meeting(
        self, pool: NodePool, wanted: Sequence[Requirement], selection: Selection
    ) -> tuple[Node, ...] | Obstacle:
        if self._known.pools:
            # Labels of a pool's own come first: they tell which pool is meant.
            labels = [each for each in wanted if not of_machine(each.key)]
            labels.sort(key=lambda each: of_any_node(each.key))
            for met, each in enumerate(labels):
                if not can_be(pool, each):
                    return of_labels(pool, each, met)
            if taint := _not_borne(pool, selection):
                return Obstacle("taint", pool.name, taint)
        left = self._of(pool)
        for each in wanted:
            if not of_machine(each.key):
                continue
            before, left = left, tuple(node for node in left if holds(each, node.labels))
            if not left:
                return self._no_machine(pool, each, before)
        return left or Obstacle("machines", pool.name, "", self._known.region)

    def _no_machine(
        self, pool: NodePool, requirement: Requirement, before: Sequence[Node]
    ) -> Obstacle:
        catalog = self._known.catalog
        named = [
            value for value in requirement.values if "." in value and catalog.find(value) is None
        ]
        if named and len(named) == len(requirement.values):
            meant = catalog.did_you_mean(named[0])
            hint = f"; did you mean `{meant}`?" if meant and meant != named[0] else ""
            return Obstacle("unknown", pool.name, f"`{named[0]}`", hint)
        names = ", ".join(node.machine.name for node in before[:2])
        return Obstacle("selector", pool.name, str(requirement), names if len(before) < 50 else "")


def _not_borne(pool: NodePool, selection: Selection) -> str:
    """Return the first taint of a pool that a server does not tolerate; empty: it does all."""
    for taint in pool.taints:
        if taint.effect != "PreferNoSchedule" and not any(
            each.bears(taint.key, taint.value, taint.effect) for each in selection.tolerations
        ):
            value = f"={taint.value}" if taint.value else ""
            return f"{taint.key}{value}:{taint.effect}"
    return ""
