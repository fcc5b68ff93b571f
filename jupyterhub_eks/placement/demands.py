"""What a server of a profile asks for. Pure."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import (
    kubernetes,
    spawner_cores,
    spawner_memory,
    thousandths,
)
from jupyterhub_eks.placement.resources import GIB, Amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.profiles import ProfileConfig

# What the chart gives a server whose profile names no memory (z2jh 4.4.0, `singleuser.memory`).
CHART_MEMORY: Final = GIB


def demand(profile: ProfileConfig, hub_values: Mapping[str, Any] | None = None) -> Amounts:
    """Return the requests of one server, which are what the scheduler looks at.

    Args:
        profile: What is started.
        hub_values: The user's own values of the chart: ``singleuser`` has what is given to a
            server whose profile does not say, and containers beside it.
    """
    single = _section(hub_values, "singleuser")
    server = Amounts(
        cpu_m=thousandths(profile.cpu.guarantee) if profile.cpu else _cpu_m(single),
        memory=profile.memory.guarantee if profile.memory else _memory(single),
        gpu=profile.gpu,
        neuron=profile.neuron,
        pods=1,
    )
    beside = single.get("extraContainers")
    return reduce(add, map(_container, beside if isinstance(beside, list) else ()), server)


def _cpu_m(single: Mapping[str, Any]) -> int:
    found = spawner_cores(_asked(_section(single, "cpu"), "guarantee", "limit"))
    return math.ceil(found.value * 1000) if found else 0


def _memory(single: Mapping[str, Any]) -> int:
    if "memory" not in single:
        return CHART_MEMORY
    given = {"guarantee": CHART_MEMORY, **_section(single, "memory")}
    found = spawner_memory(_asked(given, "guarantee", "limit"))
    return math.ceil(found.value) if found and single["memory"] is not None else 0


def _container(container: object) -> Amounts:
    """Return what a container asks for; where it only has a limit, Kubernetes takes that."""
    resources = _section(container, "resources")
    asked = {**_section(resources, "limits"), **_section(resources, "requests")}
    amounts = {name: kubernetes(asked.get(name)) or Fraction(0) for name in ("cpu", "memory")}
    return Amounts(cpu_m=math.ceil(amounts["cpu"] * 1000), memory=math.ceil(amounts["memory"]))


def _asked(section: Mapping[str, Any], *keys: str) -> object:
    """Return the first amount of a section; one that is null or 0 is not handed over."""
    return next((section[key] for key in keys if section.get(key)), None)


def _section(values: object, key: str) -> Mapping[str, Any]:
    """Return a section of values; an empty one for what is no section, which the chart refuses."""
    found = values.get(key) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}
