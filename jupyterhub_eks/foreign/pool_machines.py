"""The machines that an imported server's pool has: those given, those named, or the cheapest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyterhub_eks.foreign import pool_parts
from jupyterhub_eks.foreign.machines import Chooser, named
from jupyterhub_eks.foreign.narrowing import Narrower
from jupyterhub_eks.foreign.placing import Placer
from jupyterhub_eks.foreign.selecting import Selection, of_any_node, of_machine
from jupyterhub_eks.foreign.verdicts import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.foreign.losses import Losses
    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.outcomes import CheckedShape
    from jupyterhub_eks.instances.catalog import Catalog


@dataclass(frozen=True)
class Found:
    """Machines of a server's pool.

    Attributes:
        machines: The machines.
        given: The node pool that they come of; None: there is none.
        nodes: All that the server may have in the region.
        allowed: The types that it may have; None: any.
    """

    machines: Machines
    given: NodePool | None
    nodes: Sequence[Node]
    allowed: frozenset[str] | None


class PoolMachines:
    """Finds machines; what is the same for many servers is worked out once.

    Args:
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.
        losses: Takes what was chosen here.
    """

    def __init__(self, catalog: Catalog, region: str, losses: Losses) -> None:
        self.chooser = Chooser(catalog, region)
        self.narrower = Narrower(catalog, region)
        # Machines for servers that name none, as if nothing were known of the cluster.
        self._anywhere = Placer(Surroundings(catalog=catalog, region=region))
        self._losses = losses

    def of(self, each: CheckedShape) -> Found | None:
        """Return what becomes the pool of a server; None: no machine holds it."""
        return self._of_given(each) or self._of_selector(each)

    def _of_given(self, each: CheckedShape) -> Found | None:
        """Return machines of the first pool beside the list in which a server starts."""
        if not each.verdict.pools:
            return None
        wish = each.wish
        pool, nodes = each.verdict.found[0]
        allowed = self.narrower.allowed(nodes, pool, wish.selection)
        given = named(pool_parts.demands(wish, pool))
        own = self.narrower.narrowed(given, wish, nodes, allowed) if given else None
        if given and own and (out := _left_out(given, own)):
            self._lose(each, f"gets no {out}: a pool has one kind of machine and processor")
        if own is None:
            chosen = self.chooser.choose(wish, nodes)
            own = self.narrower.narrowed(chosen, wish, nodes, allowed) if chosen else None
            own = own or self.narrower.smallest(wish, nodes)
            if own:
                self._lose(
                    each,
                    f"the requirements of the node pool `{pool.name}` have no equal; its pool has "
                    f"{_in_words(own)}",
                )
        if len(each.verdict.pools) > 1:
            others = ", ".join(f"`{name}`" for name in each.verdict.pools[1:])
            self._lose(each, f"starts in {others}, too, and gets the machines of `{pool.name}`")
        return Found(own, pool, nodes, allowed) if own else None

    def _of_selector(self, each: CheckedShape) -> Found | None:
        """Return the machines that a server names itself, or else that hold it."""
        if each.verdict.status == "never":
            reasons = "; ".join(each.verdict.reasons)
            self._losses.change(each.shape, f"it never starts as it is: {reasons}")
        wish = replace(each.wish, is_open=False)
        given = named(pool_parts.demands(wish, None))
        placed = self._anywhere.verdict(wish)
        if placed.status == "starts":
            nodes = placed.found[0][1]
            allowed = self.narrower.allowed(nodes, None, wish.selection)
            own = self.narrower.narrowed(given, wish, nodes, allowed) if given else None
            own = own or self._chosen(each, nodes, allowed)
            if own:
                return Found(own, None, nodes, allowed)
        anything = self._anywhere.verdict(replace(wish, selection=Selection()))
        nodes = anything.found[0][1] if anything.found else ()
        own = self._chosen(each, nodes, None)
        return Found(own, None, nodes, None) if own else None

    def _chosen(
        self, each: CheckedShape, nodes: Sequence[Node], allowed: frozenset[str] | None
    ) -> Machines | None:
        own = self.chooser.choose(each.wish, nodes)
        if own and allowed is not None:
            own = self.narrower.narrowed(own, each.wish, nodes, allowed)
        if own is None and allowed is not None:
            own = self.narrower.smallest(each.wish, nodes)
        if own:
            self._lose(
                each, f"names no machine; its pool has {_in_words(own)}", "choose others in `pools`"
            )
        return own

    def _lose(self, each: CheckedShape, message: str, hint: str = "") -> None:
        self._losses.of_server(each.shape, message, hint)


def lost_selection(each: CheckedShape, found: Found) -> Iterator[str]:
    """Yield what a server demands of its node that its pool does not say."""
    selection = each.wish.selection
    if len(selection.either) > 1:
        yield (
            f"has {len(selection.either)} alternatives of node affinity; its pool has the machines "
            "of the first that has any, in any zone and bought on demand"
        )
    if found.given or each.verdict.status == "never":
        return
    for wanted in pool_parts.demands(each.wish, None):
        if not of_machine(wanted.key) and not of_any_node(wanted.key):
            yield f"the selector `{wanted}` is not carried"


def _in_words(machines: Machines) -> str:
    sizes = f" in {', '.join(machines.sizes)}" if machines.sizes else ""
    return ", ".join(machines.instances) + sizes


def _left_out(given: Machines, own: Machines) -> str:
    """Return the machines that are named and not in a pool, by the names' kind alone."""
    kept = {name.partition(".")[0] for name in own.instances}
    return ", ".join(name for name in given.instances if name.partition(".")[0] not in kept)
