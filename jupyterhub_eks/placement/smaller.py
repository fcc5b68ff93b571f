"""A server made smaller until it fits into a room, as profiles.yaml would have it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.amounts import LEAST_MEMORY, CpuRange, MemoryRange
from jupyterhub_eks.placement.demands import demand
from jupyterhub_eks.placement.resources import GIB, RESOURCES, Amounts, Resource
from jupyterhub_eks.placement.units import is_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

# Where profiles.yaml has an amount; the others cannot be chosen.
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "cpu_m": ("cpu", "guarantee"),
    "memory": ("memory", "guarantee"),
    "gpu": ("gpu",),
    "neuron": ("neuron",),
}
# Below it a tenth of a core is too much to lose to rounding.
_FEW_CORES: Final = 300


def smaller(
    profile: ProfileConfig, room: Amounts, every: EveryServer, *, servers: int = 1
) -> dict[Resource, int]:
    """Return the largest amounts with which servers fit into a room; only those that change.

    Each is one that profiles.yaml can have, in millicores, bytes or devices, and they have been
    tried together. Empty: nothing needs to change, or no amounts are small enough.

    Args:
        profile: What is started.
        room: What an empty node has for servers.
        every: Settings of every server.
        servers: How many are to fit.
    """
    wanted, changed = demand(profile, every), profile
    short = [name for name in RESOURCES if wanted.of(name) * servers > room.of(name)]
    found: dict[Resource, int] = {}
    for name in short:
        share = room.of(name) // servers
        value = _rounded(name, share, wanted) if name in KEYS else 0
        if value:
            # What runs beside the server in its pod stays as it is.
            beside = demand(_with(profile, name, value), every).of(name) - value
            value = _rounded(name, share - beside, wanted) if beside else value
        if not value:
            return {}
        found[name] = value
        changed = _with(changed, name, value)
    return found if room.times(demand(changed, every)) >= servers else {}


def written(name: Resource, value: int) -> str:
    """Return one of these amounts as profiles.yaml has it, e.g. ``7.7``, ``60.2G``, ``56.1Gi``."""
    if name == "cpu_m":
        return f"{value / 1000:g}"
    if name == "memory":
        is_tenth = value % 10**8 == 0
        return f"{value / 10**9:.1f}".removesuffix(".0") + "G" if is_tenth else _binary(value)
    return str(value)


def _binary(value: int) -> str:
    return f"{value * 10 // GIB / 10:.1f}".removesuffix(".0") + "Gi"


def _rounded(name: Resource, value: int, wanted: Amounts) -> int:
    """Return an amount rounded down to what is easily written; 0: there is none."""
    if name == "cpu_m":
        step = 100 if value >= _FEW_CORES else 10
        return max(value // step * step, 0)
    if name != "memory":
        return max(value, 0)
    if is_decimal(wanted.memory):
        value = value // 10**8 * 10**8
    else:
        value = -(-(value * 10 // GIB) * GIB // 10)
    return value if value >= LEAST_MEMORY else 0


def _with(profile: ProfileConfig, name: Resource, value: int) -> ProfileConfig:
    """Return a profile with another amount; where it has a limit, that stays."""
    change: object = value
    if name == "cpu_m":
        cores = value / 1000
        change = CpuRange(guarantee=cores, limit=profile.cpu.limit if profile.cpu else cores)
    if name == "memory":
        limit = profile.memory.limit if profile.memory else value
        change = MemoryRange(guarantee=value, limit=limit)
    return profile.model_copy(update={KEYS[name][0]: change})
