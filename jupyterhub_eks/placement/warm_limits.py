"""Whether the room that a pool keeps for servers fits within its upper limits. Pure.

Nodes that always run are a NodePool of their own without limits; room is held by pods on
nodes that count to ``max`` (see ``releases/nodes.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.instances.capacity import VM_MEMORY_OVERHEAD
from jupyterhub_eks.placement.demands import demand
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.machines import candidates
from jupyterhub_eks.placement.resources import GIB
from jupyterhub_eks.placement.rooms import make_of, room_of
from jupyterhub_eks.placement.zones import offered_zones
from jupyterhub_eks.releases.nodes import most_devices
from jupyterhub_eks.releases.placeholders import largest_size
from jupyterhub_eks.releases.z2jh.every_server import every_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.placement.resources import Amounts

# A machine: how many placeholders it holds, and what of each limit it takes.
_Option = tuple[int, dict[str, Fraction]]
# The most users of one GPU that any way of sharing allows.
_MOST_SLICES: Final = 48
_THINGS: Final = {
    "cpu": "cores",
    "memory_gib": "GiB of memory",
    "gpu": "GPUs",
    "neuron": "Neuron devices",
    "nodes": "nodes",
}


def warm_limit_findings(deployment: Deployment, catalog: Catalog) -> Iterator[Finding]:
    """Yield an error for each limit of a pool that its placeholders alone exceed.

    Each limit is held against the machines that take least of it, so what is refused could
    not be had with any of them. Karpenter would start the others and leave the rest waiting.

    Args:
        deployment: Both files.
        catalog: What is known of EC2's machines.
    """
    asked = most_devices(deployment.profiles)
    for name, pool in deployment.profiles.pools.items():
        if not pool.warm.servers or not pool.max:
            continue
        options = _options(deployment, name, asked[name], catalog)
        if options and not _suffices(options, pool):
            yield from _exceeded(name, pool, options)


def least_for_room(deployment: Deployment, name: str, key: str, catalog: Catalog) -> int:
    """Return the least limit under which a pool has the room that it keeps; 0: it keeps none.

    Args:
        deployment: Both files.
        name: Of the pool.
        key: The limit, as in ``max``; the others stay.
        catalog: What is known of EC2's machines.
    """
    servers = deployment.profiles.pools[name].warm.servers
    if not servers:
        return 0
    options = _options(deployment, name, most_devices(deployment.profiles)[name], catalog)
    amounts = (taken[key] * -(-servers // users) for users, taken in options)
    return int(min((-(-each // 1) for each in amounts), default=0))


def _options(deployment: Deployment, name: str, asked: int, catalog: Catalog) -> list[_Option]:
    """Return the machines that hold placeholders of a pool; none: it has no server to hold."""
    profiles, settings = deployment.profiles, deployment.settings
    pool, every = profiles.pools[name], every_server(settings.hub_values)
    found = largest_size(profiles, name, every)
    if found is None:
        return []
    wanted = demand(found[1].profile, every)
    known = candidates(pool, asked, catalog)
    offers = catalog.offered(settings.region)
    make = make_of(pool, prefixes=settings.cluster.prefix_delegation)
    options = [
        (users, _taken(machine))
        for machine in known.taken
        if offered_zones(pool, offers, machine.name) != ()
        and not any(exceeded(machine, pool.max))
        and (users := room_of(machine, make).times(wanted))
    ]
    # A machine of which nothing is known has at the least what one server asks for.
    return [*options, (1, _least(wanted, pool))] if known.unknown else options


def _taken(machine: InstanceType) -> dict[str, Fraction]:
    """Return what a node counts as; its memory as Karpenter estimates it before it is there."""
    return {
        "cpu": Fraction(machine.vcpu),
        "memory_gib": Fraction(machine.memory_mib, 1024) * (1 - VM_MEMORY_OVERHEAD),
        "gpu": Fraction(machine.gpu_count),
        "neuron": Fraction(machine.neuron_devices),
        "nodes": Fraction(1),
    }


def _least(wanted: Amounts, pool: PoolConfig) -> dict[str, Fraction]:
    shared = pool.gpu.sharing != "none"
    return {
        "cpu": Fraction(wanted.cpu_m, 1000),
        "memory_gib": Fraction(wanted.memory, GIB),
        "gpu": Fraction(wanted.gpu, (pool.gpu.slices or _MOST_SLICES) if shared else 1),
        "neuron": Fraction(wanted.neuron),
        "nodes": Fraction(1 if pool.dedicated else 0),
    }


def _suffices(options: Sequence[_Option], pool: PoolConfig) -> bool:
    """Whether nodes of one of the machines hold all placeholders within all limits."""
    servers = pool.warm.servers
    return any(
        all(taken[key] * -(-servers // users) <= most for key, most in _limits(pool))
        for users, taken in options
    )


def _limits(pool: PoolConfig) -> list[tuple[str, int]]:
    return [(key, most) for key, most in pool.max.items() if key in _THINGS]


def _exceeded(name: str, pool: PoolConfig, options: Sequence[_Option]) -> Iterator[Finding]:
    servers = pool.warm.servers
    tables = {key: _table(options, key, servers) for key, _ in _limits(pool)}
    # So many fit within every limit.
    fitting = min(
        max(count for count, least in enumerate(tables[key]) if least <= most)
        for key, most in _limits(pool)
    )
    for key, most in _limits(pool):
        least = -(-tables[key][servers] // 1)
        if least > most:
            yield Finding(
                path=("pools", name, "warm", "servers"),
                message=f"room for {servers} server{'s' if servers > 1 else ''} takes at least "
                f"{least} {_THINGS[key]}, and `max: {{{key}: {most}}}` lets the pool have {most}",
                hint=_hint(key, least, fitting),
                also=(("pools", name), ("profiles",), ("region",)),
            )


def _hint(key: str, least: int, fitting: int) -> str:
    fewer = f"write `servers: {fitting}` or less" if fitting else "remove `servers`"
    return f"{fewer}, or `max: {{{key}: {least}}}` or more"


def _table(options: Sequence[_Option], key: str, servers: int) -> list[Fraction]:
    """Return the least of a limit that 0, 1, … ``servers`` placeholders take on any machines."""
    best: dict[int, Fraction] = {}
    for count, taken in options:
        users = min(count, servers)
        best[users] = min(best.get(users, taken[key]), taken[key])
    table = [Fraction(0)]
    for count in range(1, servers + 1):
        table.append(min(table[max(count - users, 0)] + cost for users, cost in best.items()))
    return table
