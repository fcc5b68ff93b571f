"""Amounts in the settings of a server, with what is wrong with each of them. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config import quantities
from jupyterhub_eks.config.document import MapNode, Node, Place, Scalar, dotted, problem_at
from jupyterhub_eks.foreign import extended as names
from jupyterhub_eks.foreign.documents import is_open
from jupyterhub_eks.placement.resources import GIB

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from jupyterhub_eks.config.quantities import Reading
    from jupyterhub_eks.foreign.shapes import Shape
    from jupyterhub_eks.problems import Problem, Severity

_EXAMPLES: Final = {"cpu": "write a number of cores, e.g. `2` or `0.5`", "mem": "write e.g. `8G`"}


@dataclass(frozen=True)
class Amount:
    """An amount with where and how it is written.

    Attributes:
        value: Cores, bytes or devices.
        place: Where.
        setting: KubeSpawner's setting.
        text: As it is written.
    """

    value: Fraction
    place: Place
    setting: str
    text: str


class SettingsReader:
    """Reads the amounts of one server, and collects what is wrong with them.

    Attributes:
        problems: What is wrong.
        is_open: Whether something is only known when the hub runs.
        unknown: What else is not known, so that there is no verdict.
        unclear: What is wrong with amounts of which nobody knows what is meant.
        requests: Requests by resource.
        limits: Limits by resource.

    Args:
        shape: The server.
        tagged: Where values stand that are not what they seem.
    """

    def __init__(self, shape: Shape, tagged: frozenset[Place]) -> None:
        self.settings = shape.settings
        self.tagged = tagged
        self.path = dotted(shape.profile.path)
        self.place = shape.profile.place
        self.problems: list[Problem] = []
        self.is_open = False
        self.unknown = ""
        self.unclear: list[str] = []
        self.requests: dict[str, Amount] = {}
        self.limits: dict[str, Amount] = {}

    def say(
        self,
        where: Amount | Place,
        setting: str,
        message: str,
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        """Note a problem with a setting; the hub's own have the profile's place."""
        place = where.place if isinstance(where, Amount) else where
        place = place if place.line else self.place
        self.problems.append(problem_at(place, f"{self.path}.{setting}", message, hint, severity))

    def doubt(self, where: Amount | Place, setting: str, message: str, hint: str = "") -> None:
        """Note a problem with an amount after which nobody knows how much is meant."""
        self.unclear.append(message)
        self.say(where, setting, message, hint)

    def leave_amount_open(self, node: Node, setting: str) -> None:
        """Note that an amount is only known when the hub runs."""
        self.leave_open(node, setting)
        self.unclear.append(self.problems[-1].message)

    def leave_open(self, node: Node, setting: str) -> None:
        """Note that a value is only known when the hub runs."""
        self.is_open = True
        text = node.text if isinstance(node, Scalar) else "code"
        self.say(
            node.place,
            setting,
            f"`{setting}` depends on `{text[:60]}`, which is only known when the hub runs",
            "nothing is concluded for this server",
            "warning",
        )

    def own(self, setting: str, read: Callable[[object], Reading | None]) -> Amount | None:
        """Return an amount of one of KubeSpawner's own settings; None: it has no effect."""
        node = self.settings.get(setting)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return None
        if is_open(node, self.tagged):
            self.leave_amount_open(node, setting)
            return None
        found = read(node.value) if isinstance(node, Scalar) else None
        if found is None:
            self.doubt(node.place, setting, f"`{setting}` is no amount", _EXAMPLES[setting[:3]])
            return None
        text = node.text if isinstance(node, Scalar) else ""
        amount = Amount(found.value, node.place, setting, text)
        if not found.taken:
            self.say(
                amount,
                setting,
                f"KubeSpawner does not take `{setting}: {_shown(node)}`: no server starts with it",
                _in_its_words(setting, found.value),
            )
        return self._above_zero(amount)

    def _above_zero(self, amount: Amount) -> Amount | None:
        if amount.value < 0:
            self.doubt(
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

    def mapped(self, node: Node | None, setting: str, into: dict[str, Amount]) -> None:
        """Read a mapping of resources as Kubernetes has them."""
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return
        if is_open(node, self.tagged):
            self.leave_amount_open(node, setting)
            return
        if not isinstance(node, MapNode):
            self.doubt(
                node.place,
                setting,
                f"`{setting}` is no mapping of resources",
                f'write e.g. `{setting}: {{nvidia.com/gpu: "1"}}`',
            )
            return
        for name, entry in node.entries.items():
            value = entry.value
            if is_open(value, self.tagged):
                self.leave_amount_open(value, setting)
                continue
            found = quantities.kubernetes(value.value) if isinstance(value, Scalar) else None
            if found is None:
                self.doubt(
                    value.place,
                    setting,
                    f"`{name}: {_shown(value)}` is no amount",
                    'write a number, e.g. `"1"`',
                )
                continue
            amount = Amount(found, value.place, setting, _shown(value))
            if fault := names.fault_of_name(name):
                self.doubt(entry.key_place, setting, *fault)
            if found < 0:
                self.doubt(
                    amount,
                    setting,
                    f"`{name}: {amount.text}` is less than nothing",
                    "write a number above 0, or remove it",
                )
                continue
            into[name] = amount


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
