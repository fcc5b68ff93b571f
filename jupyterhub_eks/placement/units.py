"""Amounts as people say them. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyterhub_eks.config.quantities import written_memory
from jupyterhub_eks.placement.resources import GIB

if TYPE_CHECKING:
    from jupyterhub_eks.placement.resources import Resource


def amount(resource: Resource, value: int, *, up: bool = False) -> str:
    """Return an amount as people say it: cores, GiB, or a count; ``up``: rounded up, not down."""
    if resource == "cpu_m":
        return f"{value / 1000:g}"
    if resource in {"memory", "disk"}:
        return _tenths(value, GIB, up=up)
    return str(value)


def is_decimal(memory: int) -> bool:
    """Whether memory was written in units of a thousand, such as ``64G`` or ``1500M``."""
    return written_memory(memory)[-1:] in {"T", "G", "M", "K"}


def decimal(memory: int, *, up: bool = False) -> str:
    """Return memory in both units, that of the files first, e.g. ``64G (59.7 GiB)``."""
    gigabytes = _tenths(memory, 10**9, up=up).removesuffix(".0")
    return f"{gigabytes}G ({_tenths(memory, GIB, up=up)} GiB)"


def _tenths(value: int, unit: int, *, up: bool) -> str:
    whole, rest = divmod(value * 10, unit)
    return f"{(whole + math.ceil(rest / unit if up else 0)) / 10:.1f}"
