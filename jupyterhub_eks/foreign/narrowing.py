"""Keep a pool of ours from machines that the source does not allow a server. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.config.rules.instances import architecture
from jupyterhub_eks.foreign.machines import Machines
from jupyterhub_eks.foreign.nodes import every_machine
from jupyterhub_eks.foreign.rooms import fits
from jupyterhub_eks.foreign.selecting import Selection, holds, of_machine
from jupyterhub_eks.placement.machines import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.selecting import Requirement
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType

_MOST_TYPES: Final = 3


class Narrower:
    """Narrows machines; what is the same for many servers is worked out once.

    Args:
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.
    """

    def __init__(self, catalog: Catalog, region: str) -> None:
        self._catalog = catalog
        self._offers = catalog.offered(region) if region else None
        # The nodes are kept with what was made of them, so that no other takes their identity.
        self._allowed: dict[tuple[int, str, Selection], tuple[Sequence[Node], frozenset[str]]] = {}
        self._started: dict[tuple[Machines, int], frozenset[str]] = {}

    def allowed(
        self, nodes: Sequence[Node], given: NodePool | None, selection: Selection
    ) -> frozenset[str]:
        """Return the types that a server may have, with those that the region does not offer.

        Args:
            nodes: Machines of the region that it may have.
            given: The node pool that they are of; None: any.
            selection: What the server demands of its node.
        """
        key = id(nodes), given.name if given else "", selection
        if key not in self._allowed:
            own = frozenset(node.machine.name for node in nodes)
            self._allowed[key] = nodes, own | self._elsewhere(given, selection)
        return self._allowed[key][1]

    def started(self, config: PoolConfig, asked: int) -> frozenset[str]:
        """Return the types that a pool of ours may start; arguments as of ``candidates``."""
        key = Machines(config.instances, config.sizes), asked
        if key not in self._started:
            found = candidates(config, asked, self._catalog)
            self._started[key] = frozenset(machine.name for machine in found.taken)
        return self._started[key]

    def narrowed(
        self, machines: Machines, wish: Wish, nodes: Sequence[Node], allowed: frozenset[str]
    ) -> Machines | None:
        """Return machines without those that are not allowed; None: none is left.

        Those that stay are of one kind and one processor, as a pool is.
        """
        holding = [node.machine.name for node in nodes if fits(node, wish)]
        instances = _of_one_kind(machines.instances, holding)
        if not instances:
            return None
        own = Machines(instances, machines.sizes, machines.chosen)
        config = PoolConfig(instances=own.instances, sizes=own.sizes)
        if self._are_known(instances) and self.started(config, asked_of(wish)) <= allowed:
            return own
        kept = [
            machine
            for name in own.instances
            for machine in self._catalog.named(name)
            if own.has(machine) and machine.name in allowed
        ]
        if not kept:
            return None
        return self._in_families(kept, allowed, own) or Machines(
            tuple(dict.fromkeys(machine.name for machine in kept)), (), own.chosen
        )

    def smallest(self, wish: Wish, nodes: Sequence[Node]) -> Machines | None:
        """Return the smallest machines that hold a server, where none is one we would choose."""
        holding = tuple(node.machine.name for node in nodes if fits(node, wish))
        alike = _of_one_kind(holding, holding)[:_MOST_TYPES]
        return Machines(alike, chosen=True) if alike else None

    def _are_known(self, names: Iterable[str]) -> bool:
        return all(self._catalog.named(name) for name in names)

    def _in_families(
        self, kept: Sequence[InstanceType], allowed: frozenset[str], own: Machines
    ) -> Machines | None:
        """Return the same machines as families and sizes; None: that would be others."""
        if any("." in name for name in own.instances):
            return None
        families = tuple(dict.fromkeys(machine.family for machine in kept))
        sizes = tuple(dict.fromkeys(machine.size for machine in kept))
        every = {
            machine.name
            for family in families
            for machine in self._catalog.of_family(family)
            if machine.size in sizes
        }
        return Machines(families, sizes, own.chosen) if every <= allowed else None

    def _elsewhere(self, given: NodePool | None, selection: Selection) -> frozenset[str]:
        """Return the types that would be allowed if the region had them."""
        offers = self._offers
        if offers is None:
            return frozenset()
        return frozenset(
            machine.name
            for machine, labels in every_machine(self._catalog)
            if not offers.zones(machine.name) and _meets(labels, given, selection)
        )


def asked_of(wish: Wish) -> int:
    """Return the most devices of one kind that a server asks for, parts of them included."""
    return max(wish.amounts.gpu + sum(count for _, count in wish.others), wish.amounts.neuron, 1)


def _meets(labels: Mapping[str, str], given: NodePool | None, selection: Selection) -> bool:
    known = {**labels, **(given.labels if given else {})}

    def all_hold(wanted: Iterable[Requirement]) -> bool:
        return all(holds(each, known) for each in wanted if of_machine(each.key))

    return all_hold(given.requirements if given else ()) and any(
        all_hold(each) for each in selection.alternatives
    )


def _of_one_kind(names: Sequence[str], holding: Sequence[str]) -> tuple[str, ...]:
    """Return the names whose machines are like those of the first that holds a server."""
    families = {name.partition(".")[0] for name in holding}
    types = {*holding}
    first = next((each for each in names if each in (types if "." in each else families)), None)
    if first is None:
        return ()
    return tuple(dict.fromkeys(name for name in names if _make(name) == _make(first)))


def _make(name: str) -> tuple[bool, bool, str]:
    return is_nvidia(name), is_neuron(name), architecture(name)
