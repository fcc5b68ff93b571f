"""Machines that would hold a server which those of its pool do not. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.rooms import room
from jupyterhub_eks.releases.families import kind_of, slices_per_gpu

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType, Offers
    from jupyterhub_eks.placement.resources import Amounts

# Whoever reads a remedy wants one machine, or two to choose from.
_MOST_NAMED: Final = 2


def alternatives(
    deployment: Deployment,
    name: str,
    wanted: Amounts,
    taken: Iterable[InstanceType],
    catalog: Catalog,
) -> tuple[InstanceType, ...]:
    """Return machines of a pool's kind that are offered and hold one server.

    Of the pool's own families first, then the cheapest; at most two.

    Args:
        deployment: Both files.
        name: Of the pool that does not do.
        wanted: What one server asks for.
        taken: Machines that the pool has already.
        catalog: What is known of EC2's machines.
    """
    pool, region = deployment.profiles.pools[name], deployment.settings.region
    prefixes = deployment.settings.cluster.prefix_delegation
    own = {name.partition(".")[0] for name in pool.instances}
    refused = {machine.name for machine in taken}
    offers = catalog.offered(region)
    found = [
        machine
        for machine in _of_kind(pool, catalog, offers)
        if machine.name not in refused
        and not any(exceeded(machine, pool.max))
        and room(machine, _only(pool, machine.name), prefixes=prefixes).short_of(wanted) is None
    ]

    def rank(machine: InstanceType) -> tuple[bool, float, int, str]:
        price = catalog.price(region, machine.name)
        cost = float(price.per_hour) if price else float("inf")
        return machine.family not in own, cost, machine.vcpu, machine.name

    return tuple(sorted(found, key=rank)[:_MOST_NAMED])


def _of_kind(pool: PoolConfig, catalog: Catalog, offers: Offers | None) -> Iterator[InstanceType]:
    kind = kind_of(pool)
    arches = {each.arch for name in pool.instances for each in _known(name, catalog)}
    for name in catalog.names():
        machine = catalog.find(name)
        if machine is None or machine.hypervisor != "nitro":
            continue
        if offers and not offers.zones(name):
            continue
        if arches and machine.arch not in arches:
            continue
        if kind_of(_only(pool, name)) == kind and _is_shared_alike(pool, name):
            yield machine


def _known(name: str, catalog: Catalog) -> tuple[InstanceType, ...]:
    if "." not in name:
        return catalog.of_family(name)
    machine = catalog.find(name)
    return (machine,) if machine else ()


def _only(pool: PoolConfig, name: str) -> PoolConfig:
    """Return the pool as it would be with one machine."""
    return pool.model_copy(update={"instances": (name,), "sizes": ()})


def _is_shared_alike(pool: PoolConfig, name: str) -> bool:
    try:
        return slices_per_gpu(_only(pool, name)) == slices_per_gpu(pool)
    except ValueError:  # a GPU that cannot be partitioned so
        return False
