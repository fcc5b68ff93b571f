"""On which machines a server of a foreign profile starts, or what is in the way. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from jupyterhub_eks.config.document import Place
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.node_pools import NodePool
from jupyterhub_eks.foreign.nodes import can_be, divided, nodes
from jupyterhub_eks.foreign.obstacles import Obstacle, in_words, of_labels, what_to_change
from jupyterhub_eks.foreign.pool_limits import exceeded_of, over_limit
from jupyterhub_eks.foreign.rooms import fits, has, short_on
from jupyterhub_eks.foreign.selecting import Requirement, holds, of_any_node, of_machine
from jupyterhub_eks.foreign.verdicts import Verdict
from jupyterhub_eks.placement.alternatives import has_fewer
from jupyterhub_eks.placement.labels import TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.selecting import Selection
    from jupyterhub_eks.foreign.verdicts import Fit, Status, Surroundings
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.model import InstanceType

# Whoever reads a remedy wants one machine, or two to choose from.
_MOST_NAMED: Final = 2


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
        self._fewer: dict[tuple[str, str], tuple[Node, ...]] = {}

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

    def with_fewer(self, wish: Wish, fit: Fit) -> tuple[InstanceType, ...]:
        """Return the smallest machines with fewer of the same devices that hold a server.

        At most two, whether their pool or the server's selector takes them or not.

        Args:
            wish: What the server asks for.
            fit: A machine on which it starts.
        """
        key = fit.pool, fit.machine.name
        if key not in self._fewer:
            self._fewer[key] = self._all_with_fewer(fit)
        return tuple(each.machine for each in self._fewer[key] if fits(each, wish))[:_MOST_NAMED]

    def _all_with_fewer(self, fit: Fit) -> tuple[Node, ...]:
        catalog = self._known.catalog
        every = (catalog.find(name) for name in catalog.names())
        names = tuple(each.name for each in every if each and has_fewer(each, fit.machine))
        pool = next(each for each in self._pools if each.name == fit.pool)
        wanted = (Requirement(TYPE, "In", names),)
        found = self._offered(replace(pool, requirements=wanted))
        return tuple(node for node in found if not any(exceeded_of(pool, node.machine)))

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
            self._nodes[pool.name] = self._offered(pool)
        return self._nodes[pool.name]

    def _offered(self, pool: NodePool) -> tuple[Node, ...]:
        known = self._known
        offers = known.catalog.offered(known.region) if known.region else None
        return tuple(
            node for node in self._every(pool) if offers is None or offers.zones(node.machine.name)
        )

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
