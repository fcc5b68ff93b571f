"""Machines of a pool that others wrote, with what an empty node of each has. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.selecting import Requirement, holds, of_any_node, of_machine
from jupyterhub_eks.placement.labels import machine_labels
from jupyterhub_eks.placement.rooms import NodeMake, room_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.foreign.node_pools import NodePool, Overlay
    from jupyterhub_eks.foreign.plugins import DevicePlugin, Sharing
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.placement.resources import Amounts
    from jupyterhub_eks.releases.families import Kind


@dataclass(frozen=True, kw_only=True)
class Node:
    """A machine of a pool.

    Attributes:
        machine: Its type.
        labels: Labels that it has by its type, and those of its pool.
        counted: Room for servers as Karpenter counts it while no such node runs.
        offered: The same, with GPUs as the device plugin shares them.
        others: Further resources by name.
    """

    machine: InstanceType
    labels: Mapping[str, str]
    counted: Amounts
    offered: Amounts
    others: Mapping[str, int]


def nodes(
    pool: NodePool,
    catalog: Catalog,
    plugin: DevicePlugin | None,
    overlays: Iterable[Overlay],
) -> tuple[Node, ...]:
    """Return the machines that a pool takes, the smallest first.

    Args:
        pool: The pool.
        catalog: What is known of EC2's machines.
        plugin: How GPUs are shared; None: not at all.
        overlays: What Karpenter is told beyond what EC2 says.
    """
    sharing = plugin.sharing(pool.labels) if plugin else None
    wanted = [each for each in pool.requirements if of_machine(each.key)]
    told = tuple(overlays)
    found = [
        _node(machine, labels, pool, sharing, told)
        for machine, labels in every_machine(catalog)
        if all(holds(each, labels) for each in wanted)
    ]
    return tuple(sorted(found, key=_size))


def divided(node: Node) -> Node:
    """Return a node that has whatever its GPUs could be divided into."""
    machine = node.machine
    if machine.gpu_manufacturer != "nvidia":
        return node
    parts = dict.fromkeys(extended.partitions(machine.family), machine.gpu_count * _MOST_PARTS)
    shared = {extended.SHARED_GPU: max(machine.gpu_count, 1) * _MOST_SLICES}
    return replace(node, others={**node.others, **parts, **shared})


@cache
def every_machine(catalog: Catalog) -> tuple[tuple[InstanceType, Mapping[str, str]], ...]:
    """Return each machine that Karpenter can start, with its labels."""
    found = (catalog.find(name) for name in catalog.names())
    return tuple((machine, machine_labels(machine)) for machine in found if machine)


def can_be(pool: NodePool, requirement: Requirement) -> bool:
    """Whether nodes of a pool can meet a requirement on a label that no machine brings.

    Karpenter knows the labels that a pool has, those that its requirements allow, and those that
    every node gets; a label that something else adds to a running node starts no node.
    """
    own = pool.labels.get(requirement.key)
    if own is not None:
        return holds(requirement, {requirement.key: own})
    allowed = [each for each in pool.requirements if each.key == requirement.key]
    values = {value for each in allowed if each.operator == "In" for value in each.values}
    if of_any_node(requirement.key) and not values:
        return requirement.operator != "DoesNotExist"
    if not allowed:
        return requirement.operator in {"DoesNotExist", "NotIn"}
    return _some(requirement, allowed, values)


def _some(requirement: Requirement, allowed: list[Requirement], values: set[str]) -> bool:
    if requirement.operator == "In":
        return any(
            _allows(allowed, value)
            for value in (values & {*requirement.values} or requirement.values)
        )
    if requirement.operator == "NotIn":
        return not values or bool(values - {*requirement.values})
    return requirement.operator != "DoesNotExist"


def _allows(allowed: list[Requirement], value: str) -> bool:
    return all(
        (value in each.values) if each.operator == "In" else value not in each.values
        for each in allowed
        if each.operator in {"In", "NotIn"}
    )


def _size(node: Node) -> tuple[int, int, str]:
    machine = node.machine
    return machine.vcpu, machine.memory_mib, machine.name


def _kind(machine: InstanceType) -> Kind:
    if machine.gpu_manufacturer == "nvidia":
        return "nvidia"
    return "neuron" if machine.neuron_devices else "cpu"


def _node(
    machine: InstanceType,
    labels: Mapping[str, str],
    pool: NodePool,
    sharing: Sharing | None,
    told: tuple[Overlay, ...],
) -> Node:
    make = NodeMake(
        kind=_kind(machine),
        disk_gib=pool.disk_gib,
        uses_own_disks=pool.uses_own_disks,
        max_pods=pool.max_pods,
        counts_fractions=False,
    )
    every = {**labels, **pool.labels}
    counted = room_of(machine, make)
    others = dict(_others(machine))
    capacity = _told(every, told)
    offered = counted
    if extended.GPU in capacity:
        counted = replace(counted, gpu=capacity[extended.GPU])
        offered = counted
    if sharing and sharing.renamed:
        counted = offered = replace(counted, gpu=0)
    elif sharing and sharing.replicas > 1:
        offered = replace(counted, gpu=machine.gpu_count * sharing.replicas)
    others |= {name: count for name, count in capacity.items() if name != extended.GPU}
    return Node(machine=machine, labels=every, counted=counted, offered=offered, others=others)


def _told(labels: Mapping[str, str], told: tuple[Overlay, ...]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for overlay in told:
        if all(_is_met(each, labels) for each in overlay.requirements):
            found |= overlay.capacity
    return found


def _is_met(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    if requirement.key == _GPU_COUNT and requirement.key not in labels:
        # A fraction of a GPU, which EC2 counts as none.
        return holds(requirement, {**labels, _GPU_COUNT: "0"})
    return holds(requirement, labels)


# MIG makes seven partitions of a GPU at most; for slices of time there is no bound.
_MOST_PARTS: Final = 7
_MOST_SLICES: Final = 48
_GPU_COUNT: Final = "karpenter.k8s.aws/instance-gpu-count"


def _others(machine: InstanceType) -> Iterator[tuple[str, int]]:
    yield extended.NEURON_CORE, machine.neuron_cores
    yield extended.EFA, machine.efa
    if machine.gpu_manufacturer == "amd":
        yield "amd.com/gpu", machine.gpu_count
    if machine.gpu_manufacturer == "habana":
        yield "habana.ai/gaudi", machine.gpu_count
