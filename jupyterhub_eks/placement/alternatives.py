"""Machines that would hold a server which those of its pool do not. Pure."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.rooms import make_of, room_of
from jupyterhub_eks.placement.zones import offered_zones
from jupyterhub_eks.releases.families import kind_of
from jupyterhub_eks.releases.sharing import every_slicing, slices_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType, Offers
    from jupyterhub_eks.placement.resources import Amounts

# Whoever reads a remedy wants one machine, or two to choose from.
_MOST_NAMED: Final = 2


class Alternatives:
    """Machines of a pool's kind that are offered, ranked once for all servers of the pool.

    Those of the pool's own families stand first, then the cheapest.

    Args:
        deployment: Both files.
        name: Of the pool.
        catalog: What is known of EC2's machines.
    """

    def __init__(self, deployment: Deployment, name: str, catalog: Catalog) -> None:
        pool, region = deployment.profiles.pools[name], deployment.settings.region
        make = make_of(pool, prefixes=deployment.settings.cluster.prefix_delegation)
        own = {name.partition(".")[0] for name in pool.instances}

        def rank(machine: InstanceType) -> tuple[bool, float, int, str]:
            price = catalog.price(region, machine.name)
            cost = float(price.per_hour) if price else float("inf")
            return machine.family not in own, cost, machine.vcpu, machine.name

        found = [
            machine
            for machine in _of_kind(pool, catalog, catalog.offered(region))
            if not any(exceeded(machine, pool.max))
        ]
        self._ranked = [(machine, room_of(machine, make)) for machine in sorted(found, key=rank)]

    def holding(self, wanted: Amounts, taken: Iterable[str]) -> tuple[InstanceType, ...]:
        """Return the first machines that hold a server; at most two.

        Args:
            wanted: What the server asks for.
            taken: Names of machines that the pool has already.
        """
        return tuple(islice(self._holding(wanted, set(taken)), _MOST_NAMED))

    def with_fewer(self, wanted: Amounts, machine: InstanceType) -> tuple[InstanceType, ...]:
        """Return the first machines that hold a server and have fewer devices; at most two.

        Args:
            wanted: What the server asks for.
            machine: Whose devices they have, only fewer.
        """
        found = (each for each in self._holding(wanted, {machine.name}) if has_fewer(each, machine))
        return tuple(islice(found, _MOST_NAMED))

    def _holding(self, wanted: Amounts, refused: Collection[str]) -> Iterator[InstanceType]:
        return (
            machine
            for machine, left in self._ranked
            if machine.name not in refused and left.short_of(wanted) is None
        )


def has_fewer(machine: InstanceType, other: InstanceType) -> bool:
    """Whether a machine has the same devices as another one, only fewer."""
    return _device(machine) == _device(other) and _devices(machine) < _devices(other)


def _of_kind(pool: PoolConfig, catalog: Catalog, offers: Offers | None) -> Iterator[InstanceType]:
    kind, own = kind_of(pool), _categories(pool)
    arches = {each.arch for name in pool.instances for each in catalog.named(name)}
    if pool.architecture:
        arches = {pool.architecture}
    for name in catalog.names():
        machine = catalog.find(name)
        if machine is None or machine.hypervisor != "nitro":
            continue
        if kind == "neuron" and machine.category not in own:
            continue  # what was compiled for Trainium is not for Inferentia
        if offered_zones(pool, offers, name) == ():
            continue
        if machine.nvme_gb < (pool.local_disks_min_gb or 0):
            continue
        if arches and machine.arch not in arches:
            continue
        if kind_of(_only(pool, name)) == kind and _is_shared_alike(pool, name):
            yield machine


def _categories(pool: PoolConfig) -> set[str]:
    """Return the letters that the families of a pool begin with."""
    return {"".join(takewhile(str.isalpha, name)) for name in pool.instances}


def _device(machine: InstanceType) -> str:
    return machine.gpu_name or machine.accelerator_name


def _devices(machine: InstanceType) -> int:
    return machine.gpu_count or machine.neuron_devices


def _only(pool: PoolConfig, name: str) -> PoolConfig:
    """Return the pool as it would be with one machine."""
    return pool.model_copy(update={"instances": (name,), "sizes": ()})


def _is_shared_alike(pool: PoolConfig, name: str) -> bool:
    try:
        slices = slices_on(pool, name)
        return bool(every_slicing(pool)) or slices == slices_on(pool, pool.instances[0])
    except ValueError:  # a GPU that cannot be partitioned so
        return False
