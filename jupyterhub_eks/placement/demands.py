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
from jupyterhub_eks.releases.labels import GPU, NEURON

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
    single, override = _section(hub_values, "singleuser"), profile.kubespawner_override
    server = Amounts(
        cpu_m=_cpu_m(profile, single, override),
        memory=_memory(profile, single, override),
        disk=_extra(override, "ephemeral-storage", 0),
        gpu=_extra(override, GPU, profile.gpu),
        neuron=_extra(override, NEURON, profile.neuron),
        pods=1,
    )
    beside = override.get("extra_containers", single.get("extraContainers"))
    return reduce(add, map(_container, beside if isinstance(beside, list) else ()), server)


def _cpu_m(profile: ProfileConfig, single: Mapping[str, Any], override: Mapping[str, Any]) -> int:
    own = profile.cpu
    if own and not override:
        return thousandths(own.guarantee)
    below = {"guarantee": own.guarantee, "limit": own.limit} if own else _section(single, "cpu")
    found = spawner_cores(_asked(_over(below, override, "cpu"), "guarantee", "limit"))
    return math.ceil(found.value * 1000) if found else 0


def _memory(profile: ProfileConfig, single: Mapping[str, Any], override: Mapping[str, Any]) -> int:
    own = profile.memory
    if own and not override:
        return own.guarantee
    below: Mapping[str, Any] = {"guarantee": CHART_MEMORY, **_section(single, "memory")}
    if own:
        below = {"guarantee": own.guarantee, "limit": own.limit}
    elif "memory" in single and single["memory"] is None:
        below = {}
    found = spawner_memory(_asked(_over(below, override, "mem"), "guarantee", "limit"))
    return math.ceil(found.value) if found else 0


def _over(below: Mapping[str, Any], override: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return guarantee and limit with those of a profile's own settings in their place."""
    halves = {half: f"{name}_{half}" for half in ("guarantee", "limit")}
    return {**below, **{half: override[key] for half, key in halves.items() if key in override}}


def _extra(override: Mapping[str, Any], resource: str, own: int) -> int:
    """Return how much of a resource is asked for; a profile's own settings are merged."""
    sides = [_section(override, f"extra_resource_{side}") for side in ("guarantees", "limits")]
    given = [side[resource] for side in sides if resource in side]
    if not given:
        return own
    found = kubernetes(given[0])
    return math.ceil(found) if found is not None and found > 0 else 0


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
