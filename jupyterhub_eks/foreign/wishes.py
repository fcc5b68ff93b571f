"""What one server asks of the scheduler, out of KubeSpawner's settings, and what is wrong in them.

Pure. Requests as Kubernetes fills them in: where only a limit is given, it is the request too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, Node, Place, Scalar, dotted
from jupyterhub_eks.foreign import extended as names
from jupyterhub_eks.foreign import quantities
from jupyterhub_eks.foreign.documents import entry_at, is_open, problem_at
from jupyterhub_eks.foreign.selecting import Selection, from_selector, from_terms, tolerations
from jupyterhub_eks.placement.resources import GIB, Amounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from jupyterhub_eks.foreign.quantities import Reading
    from jupyterhub_eks.foreign.shapes import Shape
    from jupyterhub_eks.problems import Problem, Severity

# More than any machine of EC2 has (u7inh-32tb: 1920 cores, 32 TiB).
MOST_CORES: Final = 1920
MOST_MEMORY: Final = 32 * 2**40
# JupyterLab itself takes some 100 MB.
LEAST_MEMORY: Final = 64 * 2**20
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
        amounts: Requests of what placement counts; one pod.
        others: Requests of other resources, by name.
        limits: Limits of cores and memory, where there are any, in the units of ``amounts``.
        selection: What it demands of its node.
        is_open: Whether some of it is only known later, so that there is no verdict.
    """

    amounts: Amounts
    others: tuple[tuple[str, int], ...] = ()
    limits: tuple[tuple[str, int], ...] = ()
    selection: Selection = field(default_factory=Selection)
    is_open: bool = False


@dataclass(frozen=True)
class _Amount:
    value: Fraction
    place: Place
    setting: str
    text: str


class _Reader:
    """Reads the settings of one server."""

    def __init__(self, shape: Shape, tagged: frozenset[Place]) -> None:
        self.settings = shape.settings
        self.tagged = tagged
        self.path = dotted(shape.profile.path)
        self.place = shape.profile.place
        self.problems: list[Problem] = []
        self.is_open = False
        self.requests: dict[str, _Amount] = {}
        self.limits: dict[str, _Amount] = {}

    def say(
        self,
        where: _Amount | Place,
        setting: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        place = where.place if isinstance(where, _Amount) else where
        place = place if place.line else self.place
        self.problems.append(problem_at(place, f"{self.path}.{setting}", message, hint, severity))

    def leave_open(self, node: Node, setting: str) -> None:
        self.is_open = True
        text = node.text if isinstance(node, Scalar) else "code"
        self.say(
            node.place,
            setting,
            f"`{setting}` depends on `{text[:60]}`, which is only known when the hub runs",
            "nothing is concluded for this server",
            "warning",
        )

    def own(self, setting: str, read: Callable[[object], Reading | None]) -> _Amount | None:
        """Return an amount of one of KubeSpawner's own settings; None: it has no effect."""
        node = self.settings.get(setting)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return None
        if is_open(node, self.tagged):
            self.leave_open(node, setting)
            return None
        found = read(node.value) if isinstance(node, Scalar) else None
        if found is None:
            self.say(node.place, setting, f"`{setting}` is no amount", _EXAMPLES[setting[:3]])
            return None
        text = node.text if isinstance(node, Scalar) else ""
        amount = _Amount(found.value, node.place, setting, text)
        if not found.taken:
            self.say(
                amount,
                setting,
                f"KubeSpawner does not take `{setting}: {_shown(node)}`: no server starts with it",
                _in_its_words(setting, found.value),
            )
        return self._above_zero(amount)

    def _above_zero(self, amount: _Amount) -> _Amount | None:
        if amount.value < 0:
            self.say(
                amount,
                amount.setting,
                f"`{amount.setting}: {amount.text}` is less than nothing",
                "write an amount above 0, or remove it",
            )
            return None
        if amount.value == 0:
            self.say(
                amount,
                amount.setting,
                f"`{amount.setting}: {amount.text}` has no effect",
                "remove it, or write an amount",
                "warning",
            )
            return None
        return amount

    def mapped(self, node: Node | None, setting: str, into: dict[str, _Amount]) -> None:
        """Read a mapping of resources as Kubernetes has them."""
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return
        if is_open(node, self.tagged):
            self.leave_open(node, setting)
            return
        if not isinstance(node, MapNode):
            self.say(
                node.place,
                setting,
                f"`{setting}` is no mapping of resources",
                f'write e.g. `{setting}: {{nvidia.com/gpu: "1"}}`',
            )
            return
        for name, entry in node.entries.items():
            value = entry.value
            if is_open(value, self.tagged):
                self.leave_open(value, setting)
                continue
            found = quantities.kubernetes(value.value) if isinstance(value, Scalar) else None
            if found is None:
                self.say(
                    value.place,
                    setting,
                    f"`{name}: {_shown(value)}` is no amount",
                    'write a number, e.g. `"1"`',
                )
                continue
            amount = _Amount(found, value.place, setting, _shown(value))
            if fault := names.fault_of_name(name):
                self.say(entry.key_place, setting, *fault)
            if found < 0:
                self.say(
                    amount,
                    setting,
                    f"`{name}: {amount.text}` is less than nothing",
                    "write a number above 0, or remove it",
                )
                continue
            into[name] = amount


_EXAMPLES: Final = {"cpu": "write a number of cores, e.g. `2` or `0.5`", "mem": "write e.g. `8G`"}


def wish_of(shape: Shape, tagged: frozenset[Place] = frozenset()) -> tuple[Wish, list[Problem]]:
    """Return what a server asks for, and what is wrong with its settings.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
    """
    reader = _Reader(shape, tagged)
    _read_own(reader)
    settings = shape.settings
    reader.mapped(
        settings.get("extra_resource_guarantees"), "extra_resource_guarantees", reader.requests
    )
    reader.mapped(settings.get("extra_resource_limits"), "extra_resource_limits", reader.limits)
    _container(reader)
    _compare(reader)
    requests = {**reader.limits, **reader.requests}
    counted = {
        _AMOUNTS[name]: _base_units(name, each.value)
        for name, each in requests.items()
        if name in _AMOUNTS
    }
    wish = Wish(
        amounts=Amounts(**counted, pods=1),
        others=tuple(
            (name, math.ceil(each.value))
            for name, each in sorted(requests.items())
            if name not in _AMOUNTS and each.value
        ),
        limits=tuple(
            (name, _base_units(name, each.value))
            for name, each in sorted(reader.limits.items())
            if name in (names.CPU, names.MEMORY)
        ),
        selection=_selection(reader),
        is_open=reader.is_open,
    )
    return wish, reader.problems


def asks_for_devices(wish: Wish) -> bool:
    """Whether a server wants any accelerator."""
    return bool(wish.amounts.gpu or wish.amounts.neuron or wish.others)


def _read_own(reader: _Reader) -> None:
    for resource, key, read in (
        (names.CPU, "cpu", quantities.spawner_cores),
        (names.MEMORY, "mem", quantities.spawner_memory),
    ):
        for kind, into in (("guarantee", reader.requests), ("limit", reader.limits)):
            if amount := reader.own(f"{key}_{kind}", read):
                into[resource] = amount


def _container(reader: _Reader) -> None:
    """Let ``extra_container_config.resources`` take the place of all the others, as it does."""
    resources = entry_at(reader.settings.get("extra_container_config"), "resources")
    if isinstance(resources, MapNode):
        reader.requests, reader.limits = {}, {}
        setting = "extra_container_config.resources"
        reader.mapped(entry_at(resources, "requests"), f"{setting}.requests", reader.requests)
        reader.mapped(entry_at(resources, "limits"), f"{setting}.limits", reader.limits)


def _selection(reader: _Reader) -> Selection:
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


def _compare(reader: _Reader) -> None:
    """Hold guarantees against limits, and both against what there is."""
    for name, amount in {**reader.limits, **reader.requests}.items():
        wanted, most = reader.requests.get(name), reader.limits.get(name)
        if names.is_extended(name):
            _devices(reader, name, wanted, most)
        elif wanted and most and wanted.value > most.value:
            reader.say(
                wanted,
                wanted.setting,
                f"the guarantee of {name}, {_said(name, wanted)}, is more than its limit, "
                f"{_said(name, most)}: Kubernetes refuses the server",
                f"write {_said(name, most)} or less",
            )
        _absurd(reader, name, amount)


def _devices(reader: _Reader, name: str, wanted: _Amount | None, most: _Amount | None) -> None:
    either = most or wanted
    if either is None:
        return
    for amount in (wanted, most):
        if amount and amount.value.denominator != 1:
            reader.say(
                amount,
                amount.setting,
                f"`{name}: {amount.text}`: devices are whole, Kubernetes refuses a part of one",
                f"write `{name}: {max(math.ceil(amount.value), 1)}`; a part of a GPU is had by "
                "time-slicing or MIG",
            )
            return
    if most is None and wanted:
        reader.say(
            wanted,
            wanted.setting,
            f"`{name}` is only guaranteed; without a limit Kubernetes refuses the server",
            f"add `extra_resource_limits: {{{name}: {wanted.text}}}`",
        )
    elif most and wanted and most.value != wanted.value:
        reader.say(
            wanted,
            wanted.setting,
            f"`{name}`: {wanted.text} guaranteed, limit {most.text}; for devices Kubernetes "
            "takes equal numbers only",
            f"write {most.text} for both",
        )


def _absurd(reader: _Reader, name: str, amount: _Amount) -> None:
    value = amount.value
    if name == names.CPU and value > MOST_CORES:
        reader.say(
            amount,
            amount.setting,
            f"{_said(name, amount)}: no machine has so many",
            "write the number of cores; 1000 millicores are one",
        )
    elif name == names.MEMORY and value > MOST_MEMORY:
        reader.say(
            amount,
            amount.setting,
            f"{_said(name, amount)} of memory: no machine has so much",
            "check the unit",
        )
    elif name == names.MEMORY and value < LEAST_MEMORY and amount.value:
        unit = "" if amount.text[-1:].isalpha() else "; without a unit it counts bytes"
        reader.say(
            amount,
            amount.setting,
            f"`{amount.text}` of memory is too little for JupyterLab to start{unit}",
            f"write e.g. `{amount.text}G`" if amount.text.isdecimal() else "write e.g. `4G`",
        )
    elif name == names.GPU and value > 16:
        reader.say(amount, amount.setting, f"`{name}: {amount.text}`: no machine has so many", "")


def _base_units(name: str, value: Fraction) -> int:
    return math.ceil(value * 1000 if name == names.CPU else value)


def _said(name: str, amount: _Amount) -> str:
    if name == names.CPU:
        return f"{float(amount.value):g} cores"
    if name in (names.MEMORY, names.DISK):
        gib = float(amount.value / GIB)
        return f"{gib:.4g} GiB"
    return amount.text


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return f'"{node.text}"' if node.quoted else node.text
    return "{…}" if isinstance(node, MapNode) else "[…]"


def _in_its_words(setting: str, value: Fraction) -> str:
    if setting.startswith("cpu"):
        return f"write the number `{float(value):g}`, without quotes or unit"
    gib = value / GIB
    whole = f"{gib.numerator}G" if gib.denominator == 1 else str(math.ceil(value))
    return (
        f"write `{whole}`; KubeSpawner's `G` is GiB"
        if whole.endswith("G")
        else (f"write the number of bytes, `{whole}`")
    )
