"""Machines for the pools of an imported list: those named, or the cheapest that do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.accelerators import is_neuron, is_nvidia
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.rooms import fits
from jupyterhub_eks.placement.labels import TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyterhub_eks.foreign.nodes import Node
    from jupyterhub_eks.foreign.selecting import Requirement
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.releases.families import Kind

FAMILY: Final = "karpenter.k8s.aws/instance-family"
SIZE: Final = "karpenter.k8s.aws/instance-size"
# Where a list does not say on which machines its CPU servers run: current and for anything.
CPU_FAMILIES: Final = ("m7i", "m7a", "m6i")
_CPU_SIZES: Final = ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")
_LEAST_SIZES: Final = 3
_MOST_TYPES: Final = 3
_OLDEST: Final = 4
# Not offered by one of our own pools: an early Inferentia, and burstable machines.
_LEFT_OUT: Final = ("inf1", "t2", "t3", "t3a", "t4g", "a1")


@dataclass(frozen=True)
class Machines:
    """What a pool may start.

    Attributes:
        instances: Families or types.
        sizes: Sizes of the families.
        chosen: Whether they were chosen here, as nobody named them.
    """

    instances: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    chosen: bool = False

    def has(self, machine: InstanceType) -> bool:
        """Whether a machine is one of them."""
        is_sized = not self.sizes or machine.size in self.sizes
        return machine.name in self.instances or (machine.family in self.instances and is_sized)


def named(wanted: Iterable[Requirement]) -> Machines | None:
    """Return the machines that requirements name; None: they name none, or in other ways."""
    values: dict[str, tuple[str, ...]] = {}
    for each in wanted:
        if each.operator == "In":
            before = values.get(each.key, each.values)
            values[each.key] = tuple(value for value in before if value in each.values)
    if types := values.get(TYPE):
        return Machines(tuple(dict.fromkeys(types)))
    if families := values.get(FAMILY):
        return Machines(tuple(dict.fromkeys(families)), values.get(SIZE, ()))
    return None


_COMMON: Final = Machines(CPU_FAMILIES[:1])


class Chooser:
    """Chooses machines; what is the same for many servers is worked out once.

    Args:
        catalog: What is known of EC2's machines.
        region: Where they must be offered; empty: any region.
    """

    def __init__(self, catalog: Catalog, region: str) -> None:
        self._catalog, self._region = catalog, region
        # The nodes are kept with what was made of them, so that no other takes their identity.
        self._ranked: dict[tuple[int, Kind], tuple[Sequence[Node], tuple[Node, ...]]] = {}
        self._taken: dict[tuple[int, Machines], tuple[Sequence[Node], tuple[Node, ...]]] = {}

    def choose(self, wish: Wish, nodes: Sequence[Node]) -> Machines | None:
        """Return machines for a server that names none; None: there are none.

        Args:
            wish: What it asks for.
            nodes: Machines that it may have.
        """
        kind = _kind(wish)
        usable = self._of_kind(kind, nodes)
        if kind == "cpu" and (found := _of_cpu(self.holding(_COMMON, wish, usable))):
            return found
        holding = (node.machine for node in usable if fits(node, wish))
        first = next(holding, None)
        if first is None:
            return None
        # A server that runs on the one accelerator may not run on another.
        alike = (each.name for each in holding if _accelerator(each) == _accelerator(first))
        return Machines((first.name, *islice(alike, _MOST_TYPES - 1)), chosen=True)

    def holding(
        self, machines: Machines, wish: Wish, nodes: Sequence[Node]
    ) -> tuple[InstanceType, ...]:
        """Return those of some machines that hold a server.

        Args:
            machines: The machines.
            wish: What the server asks for.
            nodes: All that it may have.
        """
        key = id(nodes), machines
        if key not in self._taken:
            own = tuple(node for node in nodes if machines.has(node.machine))
            self._taken[key] = nodes, own
        return tuple(node.machine for node in self._taken[key][1] if fits(node, wish))

    def _of_kind(self, kind: Kind, nodes: Sequence[Node]) -> tuple[Node, ...]:
        """Return usable machines of a kind, the best first."""
        key = id(nodes), kind
        if key not in self._ranked:
            region = self._region
            offers = self._catalog.offered(region) if region else None
            usable = [
                node
                for node in nodes
                if _is_usable(node.machine, kind)
                and (offers is None or offers.zones(node.machine.name))
            ]
            usable.sort(key=lambda node: self._rank(node.machine))
            self._ranked[key] = nodes, tuple(usable)
        return self._ranked[key][1]

    def _rank(self, machine: InstanceType) -> tuple[bool, int, float, str]:
        price = self._catalog.price(self._region or "us-east-1", machine.name)
        devices = machine.gpu_count or machine.neuron_devices
        # Most images are made for amd64 alone.
        is_arm = machine.arch == "arm64"
        return is_arm, devices, float(price.per_hour) if price else float("inf"), machine.name


def _of_cpu(usable: Sequence[InstanceType]) -> Machines | None:
    sizes = {machine.size for machine in usable}
    first = next((index for index, size in enumerate(_CPU_SIZES) if size in sizes), None)
    if first is None:
        return None
    return Machines(CPU_FAMILIES, _CPU_SIZES[: max(first + 1, _LEAST_SIZES)], chosen=True)


def _accelerator(machine: InstanceType) -> tuple[str, str, str]:
    return machine.arch, machine.category, machine.accelerator_name


def _is_usable(machine: InstanceType, kind: Kind) -> bool:
    if machine.hypervisor != "nitro" or machine.family in _LEFT_OUT:
        return False
    if machine.generation and machine.generation < _OLDEST and machine.category in {"c", "m", "r"}:
        return False
    name = machine.name
    return (is_nvidia(name), is_neuron(name)) == (kind == "nvidia", kind == "neuron")


def _kind(wish: Wish) -> Kind:
    others = [name for name, _ in wish.others]
    is_part = any(
        name.startswith(extended.MIG_PREFIX) or name == extended.SHARED_GPU for name in others
    )
    if wish.amounts.gpu or is_part:
        return "nvidia"
    return "neuron" if wish.amounts.neuron or extended.NEURON_CORE in others else "cpu"
