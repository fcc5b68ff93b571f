"""Amounts as Kubernetes and KubeSpawner write them, exactly. Pure.

The two do not agree: to Kubernetes ``8G`` is 8 * 10^9 bytes, to KubeSpawner 8 * 2^30; ``8Gi`` and
``500m`` are Kubernetes' alone, and a server with such a setting fails to start. Kubernetes:
reference of ``Quantity``; KubeSpawner 7.0.0: ``ByteSpecification`` and ``Float`` of JupyterHub.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final, NamedTuple

_NUMBER: Final = r"[-+]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})"
_KUBERNETES: Final = re.compile(
    rf"(?P<number>{_NUMBER})(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<power>[-+]?[0-9]{{1,2}}))?"
)
_SPAWNER: Final = re.compile(
    rf"\s*(?P<number>{_NUMBER})(?:[eE](?P<power>[-+]?[0-9]{{1,2}}))?\s*(?P<suffix>[KMGT])"
)
_SUFFIXES: Final[dict[str, Fraction]] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    **{letter: Fraction(1000 ** (power + 1)) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Fraction(1024 ** (power + 1)) for power, letter in enumerate("KMGTPE")},
}
_SPAWNER_SUFFIXES: Final = {
    letter: Fraction(1024 ** (power + 1)) for power, letter in enumerate("KMGT")
}
_WRITTEN: Final = ("Ti", "Gi", "Mi", "Ki", "T", "G", "M", "K")


class Reading(NamedTuple):
    """An amount that stands in a setting of KubeSpawner.

    Attributes:
        value: Cores or bytes that are meant.
        taken: Whether KubeSpawner takes it as it is written.
    """

    value: Fraction
    taken: bool


def kubernetes(value: object) -> Fraction | None:
    """Return an amount in base units (cores, bytes, devices); None: it is none.

    Args:
        value: What stands in a ``resources`` mapping: text or a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if not isinstance(value, str):
        return _number(value)
    match = _KUBERNETES.fullmatch(value)
    if not match:
        return None
    number = Fraction(match["number"])
    if match["power"]:
        return number * Fraction(10) ** int(match["power"])
    return number * _SUFFIXES[match["suffix"]] if match["suffix"] else number


def spawner_memory(value: object) -> Reading | None:
    """Return the bytes of ``mem_guarantee`` or ``mem_limit``; None: nobody knows what is meant."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Reading(Fraction(int(value)), taken=True)
    if not isinstance(value, str):
        return None
    if match := _SPAWNER.fullmatch(value):
        number = Fraction(match["number"]) * Fraction(10) ** int(match["power"] or 0)
        return Reading(Fraction(int(number * _SPAWNER_SUFFIXES[match["suffix"]])), taken=True)
    found = kubernetes(value.strip())
    return None if found is None else Reading(found, taken=False)


def spawner_cores(value: object) -> Reading | None:
    """Return the cores of ``cpu_guarantee`` or ``cpu_limit``; None: nobody knows what is meant."""
    found = kubernetes(value)
    return None if found is None else Reading(found, taken=not isinstance(value, str))


def thousandths(cores: float) -> int:
    """Return cores as the scheduler counts them.

    They are handed over as they are written, and Kubernetes rounds that up: 16.1 are 16,100,
    although the nearest double is a little more.
    """
    return math.ceil(Fraction(str(cores)) * 1000)


def written_memory(amount: int) -> str:
    """Return bytes as ``profiles.yaml`` has them, exactly: the largest unit with a whole number.

    ``8Gi`` for 8 * 2^30, ``8G`` for 8 * 10^9, no unit where none divides it.
    """
    units = ((name, int(_SUFFIXES["k" if name == "K" else name])) for name in _WRITTEN)
    whole = [(amount // size, name) for name, size in units if amount and amount % size == 0]
    count, name = min(whole, default=(amount, ""))
    return f"{count}{name}"


def written_cores(cores: Fraction) -> str:
    """Return cores with three decimals at most, rounded up as Kubernetes does."""
    return f"{-(-cores * 1000 // 1) / 1000:g}"


def _number(value: float) -> Fraction | None:
    # As the text that is sent to Kubernetes: 0.1 is a tenth, not the nearest binary fraction.
    return Fraction(str(value)) if abs(value) < float("inf") else None
