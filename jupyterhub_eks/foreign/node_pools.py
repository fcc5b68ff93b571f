"""Node pools that others wrote: Karpenter's NodePool, EC2NodeClass, NodeOverlay, Provisioner.

Reservations of the kubelet that a node class sets by itself are not taken into account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config import quantities
from jupyterhub_eks.config.document import MapNode, Node, problem_at, to_plain
from jupyterhub_eks.foreign.documents import entry_at, items_at, text_at, texts
from jupyterhub_eks.foreign.selecting import OPERATORS, is_sound, requirements, written
from jupyterhub_eks.foreign.user_data import Division, division_of
from jupyterhub_eks.instances.capacity import DEFAULT_ROOT_DISK_GIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.config.document import Place
    from jupyterhub_eks.foreign.selecting import Requirement
    from jupyterhub_eks.problems import Problem

_GIB: Final = 2**30
_MIG_IN_USER_DATA: Final = re.compile(r'device-partitioning-strategy\s*=\s*"mig"')
_POOLS: Final = frozenset({"NodePool", "Provisioner"})
_CLASSES: Final = frozenset({"EC2NodeClass", "AWSNodeTemplate"})
_BOTTLEROCKET_DATA: Final = "/dev/xvdb"


@dataclass(frozen=True)
class Taint:
    """A taint of a pool's nodes."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class NodePool:
    """A pool of nodes that a cluster starts as they are needed.

    Attributes:
        name: Its name.
        place: Where it is written.
        labels: Labels of its nodes.
        requirements: Which machines it takes.
        taints: Taints of its nodes.
        limits: Upper limits of the whole pool, in base units.
        disk_gib: Root volume, GiB.
        uses_own_disks: Whether local disks take its place.
        max_pods: Most pods of a node; None: as many as network addresses allow.
        partitions: Whether its nodes partition their GPUs (MIG) by themselves.
        division: How its nodes divide GPUs by themselves, as far as that is known.
        settings: What it says besides, by dotted key: when nodes go, and its weight.
    """

    name: str
    place: Place
    labels: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    taints: tuple[Taint, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    disk_gib: int = DEFAULT_ROOT_DISK_GIB
    uses_own_disks: bool = False
    max_pods: int | None = None
    partitions: bool = False
    division: Division = field(default_factory=Division)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What Karpenter is told of some machines beyond what EC2 says.

    Attributes:
        requirements: Which machines.
        capacity: Resources that they have, by name.
    """

    requirements: tuple[Requirement, ...]
    capacity: Mapping[str, int]


def kind_of(document: Node) -> str:
    """Return the ``kind`` of a document."""
    return text_at(document, "kind")


def node_pools(documents: Iterable[Node]) -> Iterator[NodePool]:
    """Yield the pools among documents."""
    every = list(documents)
    classes = {
        text_at(each, "metadata", "name"): each for each in every if kind_of(each) in _CLASSES
    }
    for each in every:
        if kind_of(each) in _POOLS and isinstance(each, MapNode) and not _unusable(each):
            yield _pool(each, classes)


def overlays(documents: Iterable[Node]) -> Iterator[Overlay]:
    """Yield what Karpenter is told of machines, among documents."""
    for each in documents:
        if kind_of(each) == "NodeOverlay":
            capacity = {
                name: int(found)
                for name, text in texts(entry_at(each, "spec", "capacity")).items()
                if (found := quantities.kubernetes(text)) is not None
            }
            wanted = tuple(requirements(entry_at(each, "spec", "requirements")))
            yield Overlay(requirements=wanted, capacity=capacity)


def faults(documents: Iterable[Node]) -> Iterator[Problem]:
    """Yield a warning for each requirement of a pool that Karpenter would refuse."""
    for document in documents:
        if kind_of(document) not in _POOLS:
            continue
        if why := _unusable(document):
            yield problem_at(
                document.place,
                "spec",
                f"the node pool `{_name(document)}` is left out: {why}",
                "give it as `kubectl get nodepools -o yaml` prints it",
                "warning",
            )
            continue
        for each in items_at(_template(document), "requirements"):
            found = written(each)
            if not is_sound(found):
                yield problem_at(
                    each.place,
                    "spec.template.spec.requirements",
                    f"the requirement `{found}` of {text_at(document, 'metadata', 'name')} is "
                    "none that Karpenter takes, and is left out",
                    "write e.g. `{key: kubernetes.io/arch, operator: In, values: [amd64]}`",
                    "warning",
                )


def settings_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a NodePool says besides its machines, by dotted key; from its ``spec``."""
    template = spec.get("template")
    nodes = template.get("spec") if isinstance(template, dict) else None
    disruption = spec.get("disruption")
    found = {
        **_chosen(nodes, ("expireAfter", "terminationGracePeriod", "startupTaints", "kubelet"), ""),
        **_chosen(
            disruption,
            ("consolidationPolicy", "consolidateAfter", "expireAfter", "budgets"),
            "disruption.",
        ),
        **_chosen(spec, ("weight", "replicas"), ""),
    }
    return {key: value for key, value in found.items() if value is not None}


def _name(document: Node) -> str:
    return text_at(document, "metadata", "name") or "without a name"


def _unusable(document: Node) -> str:
    """Return why the API server takes no such pool; empty: it does, or only part is wrong."""
    if not isinstance(entry_at(document, "spec"), MapNode):
        return "it has no `spec`"
    for each in items_at(_template(document), "requirements"):
        operator = text_at(each, "operator")
        if operator and operator not in OPERATORS:
            return f"`{operator[:40]}` is no operator, and such an object is refused"
    return ""


def _chosen(node: object, keys: tuple[str, ...], above: str) -> dict[str, Any]:
    held = node if isinstance(node, dict) else {}
    return {f"{above}{key}": held[key] for key in keys if key in held}


def _plain(node: Node | None) -> dict[str, Any]:
    found = to_plain(node) if node is not None else {}
    return found if isinstance(found, dict) else {}


def _template(document: Node) -> Node | None:
    """Return what holds requirements and taints: a Provisioner has no template."""
    return entry_at(document, "spec", "template", "spec") or entry_at(document, "spec")


def _pool(document: MapNode, classes: Mapping[str, Node]) -> NodePool:
    spec = _template(document)
    name = text_at(document, "metadata", "name")
    reference = text_at(spec, "nodeClassRef", "name") or text_at(spec, "providerRef", "name")
    made = entry_at(classes.get(reference), "spec")
    labels = texts(entry_at(document, "spec", "template", "metadata", "labels"))
    if kind_of(document) == "Provisioner":
        labels = texts(entry_at(spec, "labels"))
    kubelet = (
        entry_at(made, "kubelet")
        or entry_at(spec, "kubelet")
        or entry_at(spec, "kubeletConfiguration")
    )
    max_pods = text_at(kubelet, "maxPods")
    return NodePool(
        name=name,
        place=document.place,
        labels={**labels, "karpenter.sh/nodepool": name},
        requirements=tuple(requirements(entry_at(spec, "requirements"))),
        taints=tuple(
            Taint(text_at(each, "key"), text_at(each, "value"), text_at(each, "effect"))
            for each in items_at(spec, "taints")
        ),
        limits=dict(_limits(document)),
        disk_gib=_disk(made),
        uses_own_disks=text_at(made, "instanceStorePolicy") == "RAID0",
        max_pods=int(max_pods) if max_pods.isdecimal() else None,
        settings=settings_of(_plain(entry_at(document, "spec"))),
        partitions=bool(_MIG_IN_USER_DATA.search(text_at(made, "userData"))),
        division=division_of(text_at(made, "userData")),
    )


def _limits(document: Node) -> Iterator[tuple[str, int]]:
    limits = entry_at(document, "spec", "limits")
    for name, text in texts(entry_at(limits, "resources") or limits).items():
        found = quantities.kubernetes(text)
        if found is not None:
            yield name, int(found * 1000 if name == "cpu" else found)


def _disk(made: Node | None) -> int:
    sizes = {
        text_at(each, "deviceName"): quantities.kubernetes(text_at(each, "ebs", "volumeSize"))
        for each in items_at(made, "blockDeviceMappings")
    }
    known = {device: size for device, size in sizes.items() if size}
    size = known.get(_BOTTLEROCKET_DATA) or next(iter(known.values()), None)
    return int(size / _GIB) if size else DEFAULT_ROOT_DISK_GIB
