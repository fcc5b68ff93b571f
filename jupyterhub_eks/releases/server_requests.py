"""What a server asks for, as Kubernetes adds it up for its pod. Pure.

Containers, and init containers that stay (``restartPolicy: Always``), are added up; every other
init container runs alone, with those that stay and stand before it.
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import kubernetes, spawner_cores, spawner_memory
from jupyterhub_eks.releases.labels import GPU, NEURON
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.releases.z2jh.every_server import CHART_ONLY
from jupyterhub_eks.releases.z2jh.resources import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

CPU: Final = "cpu"
MEMORY: Final = "memory"
DISK: Final = "ephemeral-storage"
UNDERSTOOD: Final = (CPU, MEMORY, DISK, GPU, NEURON)


def server_requests(profile: ProfileConfig, every: EveryServer = CHART_ONLY) -> dict[str, int]:
    """Return the requests of one server by resource, cores in thousandths; without what is 0.

    Args:
        profile: What is started.
        every: Settings of every server.
    """
    settings = server_settings(profile, every)
    alone = {name: amount for name, amount in _of_server(settings).items() if amount}
    if not settings.get("extra_containers") and not settings.get("init_containers"):
        return alone
    total = Counter(alone)
    for each in _containers(settings.get("extra_containers")):
        total.update(_of_container(each))
    staying: Counter[str] = Counter()
    peaks: list[Counter[str]] = []
    for each in _containers(settings.get("init_containers")):
        asked = _of_container(each)
        peaks.append(staying + asked)
        if each.get("restartPolicy") == "Always":
            staying += asked
    total += staying
    largest = {name: max(each[name] for each in (total, *peaks)) for name in UNDERSTOOD}
    return {name: amount for name, amount in largest.items() if amount}


def server_settings(profile: ProfileConfig, every: EveryServer) -> dict[str, Any]:
    """Return amounts and containers of a server, by KubeSpawner's names.

    Args:
        profile: What is started.
        every: Settings of every server.
    """
    return every.with_own(merge(amounts(profile), profile.kubespawner_override))


def _of_server(settings: Mapping[str, Any]) -> dict[str, int]:
    """Return what the server's own container asks for; where it only has a limit, that."""
    return {**_side(settings, "limit"), **_side(settings, "guarantee")}


def _side(settings: Mapping[str, Any], side: str) -> dict[str, int]:
    """Return its limits or its guarantees; those of null or 0 are not handed over."""
    found = {}
    if cores := _spawner(CPU, settings.get(f"cpu_{side}")):
        found[CPU] = cores
    if memory := _spawner(MEMORY, settings.get(f"mem_{side}")):
        found[MEMORY] = memory
    extra = _mapping(settings.get(f"extra_resource_{side}s"))
    return found | {name: _amount(name, extra[name]) for name in UNDERSTOOD if name in extra}


def _spawner(name: str, value: object) -> int:
    """Return cores or memory as KubeSpawner reads them; 0 for what is none."""
    return _read(name, value, by_spawner=True) if isinstance(value, (str, int, float)) else 0


def _of_container(container: Mapping[str, Any]) -> Counter[str]:
    resources = _mapping(container.get("resources"))
    asked = {**_mapping(resources.get("limits")), **_mapping(resources.get("requests"))}
    return Counter({name: _amount(name, asked[name]) for name in UNDERSTOOD if name in asked})


def container_request(container: Mapping[str, Any], name: str) -> int:
    """Return what a container asks for of a resource, cores in thousandths; 0: nothing."""
    return _of_container(container)[name]


def _amount(name: str, value: object) -> int:
    """Return an amount as Kubernetes reads it; 0 for what is none, which it refuses."""
    return _read(name, value, by_spawner=False) if isinstance(value, (str, int, float)) else 0


# Many profiles have few sizes. Typed, as `True` is no amount and equals 1.
@lru_cache(maxsize=1024, typed=True)
def _read(name: str, value: object, *, by_spawner: bool) -> int:
    """Return an amount rounded up."""
    if by_spawner:
        reading = spawner_cores(value) if name == CPU else spawner_memory(value)
        found = reading.value if reading else None
    else:
        found = kubernetes(value)
    exact = found or Fraction(0)
    return max(math.ceil(exact * 1000 if name == CPU else exact), 0)


def _containers(given: object) -> list[Mapping[str, Any]]:
    """Return the containers of a list, or of a mapping in the order of its keys."""
    if isinstance(given, dict):
        given = [given[key] for key in sorted(given)]
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
