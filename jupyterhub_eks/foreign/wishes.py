"""What one server asks of the scheduler, out of KubeSpawner's settings, and what is wrong in them.

Pure. Requests as Kubernetes fills them in: where only a limit is given, it is the request too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config import quantities
from jupyterhub_eks.config.document import MapNode, Node, Place, Scalar
from jupyterhub_eks.foreign import extended as names
from jupyterhub_eks.foreign.amounts import SettingsReader
from jupyterhub_eks.foreign.comparing import compare
from jupyterhub_eks.foreign.containers import base_units, of_pod
from jupyterhub_eks.foreign.documents import entry_at, is_open
from jupyterhub_eks.foreign.pod_rules import check_pod, is_alone
from jupyterhub_eks.foreign.selecting import Selection, from_selector, from_terms, tolerations
from jupyterhub_eks.placement.resources import Amounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.foreign.shapes import Shape
    from jupyterhub_eks.problems import Problem

# Profiles of a list are alike, so each way to write an amount is read once.
_CORES: Final = lru_cache(maxsize=4096, typed=True)(quantities.spawner_cores)
_MEMORY: Final = lru_cache(maxsize=4096, typed=True)(quantities.spawner_memory)
_AMOUNTS: Final = {
    names.CPU: "cpu_m",
    names.MEMORY: "memory",
    names.DISK: "disk",
    names.GPU: "gpu",
    names.NEURON: "neuron",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one server asks for.

    Attributes:
        amounts: Requests of what placement counts; one pod with all its containers.
        others: Requests of other resources, by name.
        limits: Limits of cores and memory, where there are any, in the units of ``amounts``.
        selection: What it demands of its node.
        is_open: Whether some of it is only known later, so that there is no verdict.
        unknown: What else is not known, so that there is no verdict.
        unclear: What is wrong with amounts of which nobody knows what is meant.
        is_alone: Whether no two of its kind share a node.
        server: Requests of the server's own container, by name; empty: those of the pod.
    """

    amounts: Amounts
    others: tuple[tuple[str, int], ...] = ()
    limits: tuple[tuple[str, int], ...] = ()
    selection: Selection = field(default_factory=Selection)
    is_open: bool = False
    unknown: str = ""
    unclear: tuple[str, ...] = ()
    is_alone: bool = False
    server: tuple[tuple[str, int], ...] = ()

    def of_server(self) -> Wish:
        """Return the same without the containers beside the server's own."""
        if not self.server:
            return self
        return replace(self, amounts=_counted(self.server), others=_others(self.server))


def wish_of(shape: Shape, tagged: frozenset[Place] = frozenset()) -> tuple[Wish, list[Problem]]:
    """Return what a server asks for, and what is wrong with its settings.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
    """
    reader = SettingsReader(shape, tagged)
    _read_own(reader)
    settings = shape.settings
    reader.mapped(
        settings.get("extra_resource_guarantees"), "extra_resource_guarantees", reader.requests
    )
    reader.mapped(settings.get("extra_resource_limits"), "extra_resource_limits", reader.limits)
    _container(reader)
    compare(reader)
    requests = {**reader.limits, **reader.requests}
    own = base_units(requests)
    whole = of_pod(own, reader)
    check_pod(reader)
    wish = Wish(
        amounts=_counted(whole.items()),
        others=_others(whole.items()),
        limits=tuple(
            (name, amount)
            for name, amount in sorted(base_units(reader.limits).items())
            if name in (names.CPU, names.MEMORY)
        ),
        selection=_selection(reader),
        is_open=reader.is_open,
        unknown=reader.unknown,
        unclear=tuple(dict.fromkeys(reader.unclear)),
        is_alone=is_alone(reader),
        server=tuple(own.items()),
    )
    return wish, reader.problems


def _counted(requests: Iterable[tuple[str, int]]) -> Amounts:
    counted = {_AMOUNTS[name]: amount for name, amount in requests if name in _AMOUNTS}
    return Amounts(**counted, pods=1)


def _others(requests: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((name, amount) for name, amount in requests if name not in _AMOUNTS))


def _read_own(reader: SettingsReader) -> None:
    for resource, key, read in (
        (names.CPU, "cpu", _CORES),
        (names.MEMORY, "mem", _MEMORY),
    ):
        for kind, into in (("guarantee", reader.requests), ("limit", reader.limits)):
            if amount := reader.own(f"{key}_{kind}", read):
                into[resource] = amount


def _container(reader: SettingsReader) -> None:
    """Let ``extra_container_config.resources`` take the place of all the others, as it does."""
    resources = entry_at(reader.settings.get("extra_container_config"), "resources")
    if isinstance(resources, MapNode):
        reader.requests, reader.limits = {}, {}
        setting = "extra_container_config.resources"
        reader.mapped(entry_at(resources, "requests"), f"{setting}.requests", reader.requests)
        reader.mapped(entry_at(resources, "limits"), f"{setting}.limits", reader.limits)


def _selection(reader: SettingsReader) -> Selection:
    pod = reader.settings.get("extra_pod_config")
    chosen: dict[str, Node | None] = {
        "node_selector": reader.settings.get("node_selector"),
        "node_affinity_required": reader.settings.get("node_affinity_required"),
        "tolerations": reader.settings.get("tolerations"),
    }
    if pod is not None and is_open(pod, reader.tagged):
        reader.leave_open(pod, "extra_pod_config")
    for own, keys in _POD_KEYS.items():
        for key in keys:
            if (found := entry_at(pod, key)) is not None:
                chosen[own] = found
    affinity = entry_at(pod, "affinity")
    if affinity is not None:
        chosen["node_affinity_required"] = entry_at(
            affinity,
            "nodeAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "nodeSelectorTerms",
        )
    for setting, node in chosen.items():
        for value in _scalars(node):
            if is_open(value, reader.tagged):
                reader.leave_open(value, setting)
    if entry_at(pod, "nodeName") is not None or entry_at(pod, "node_name") is not None:
        reader.is_open = True
    return Selection(
        always=tuple(each for each, _ in from_selector(chosen["node_selector"])),
        either=from_terms(chosen["node_affinity_required"]),
        tolerations=tolerations(chosen["tolerations"]),
    )


_POD_KEYS: Final = {
    "node_selector": ("nodeSelector", "node_selector"),
    "tolerations": ("tolerations",),
}


def _scalars(node: Node | None) -> Iterator[Node]:
    if isinstance(node, MapNode):
        for entry in node.entries.values():
            yield from _scalars(entry.value)
    elif isinstance(node, Scalar):
        yield node
    elif node is not None:
        for each in node.items:
            yield from _scalars(each)
