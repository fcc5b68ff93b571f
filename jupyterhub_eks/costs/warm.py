"""Nodes that run though nobody works, because pools keep something ready. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.costs.filling import most_of
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.placement.machines import candidates
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.zones import offered_zones
from jupyterhub_eks.releases.nodes import most_devices
from jupyterhub_eks.releases.placeholders import largest_size
from jupyterhub_eks.releases.z2jh.every_server import every_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.instances.model import Price
    from jupyterhub_eks.placement.proof import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmNodes:
    """Nodes of a pool that are always there.

    Attributes:
        pool: Its name.
        machine: Type of the nodes; empty: no price is known of any.
        count: How many.
        price: Of one machine; None: not known.
        is_within_limits: Whether they count to the pool's ``max``.
    """

    pool: str
    machine: str
    count: int
    price: Price | None
    is_within_limits: bool

    @property
    def monthly(self) -> Decimal | None:
        """What one machine costs a month, without its disk."""
        return self.price.per_hour * HOURS_PER_MONTH if self.price else None


def warm_nodes(deployment: Deployment, prices: Prices) -> Iterator[WarmNodes]:
    """Yield the nodes that each pool keeps, and those that hold room for servers to come.

    Args:
        deployment: Both files.
        prices: Prices in its region.
    """
    for name, pool in deployment.profiles.pools.items():
        if pool.warm.nodes:
            yield _always(deployment, name, prices)
        if pool.warm.servers:
            yield _room(deployment, name, prices)


def _always(deployment: Deployment, name: str, prices: Prices) -> WarmNodes:
    """Return the nodes of the pool's cheapest machine, which Karpenter keeps."""
    pool = deployment.profiles.pools[name]
    offers = prices.machines.offered(prices.region)
    found = candidates(pool, most_devices(deployment.profiles)[name], prices.machines).taken
    names = [each.name for each in found if offered_zones(pool, offers, each.name) != ()]
    priced = [(price, each) for each in names if (price := prices.machine(each))]
    price, machine = min(priced, key=lambda each: each[0].per_hour, default=(None, ""))
    return WarmNodes(
        pool=name, machine=machine, count=pool.warm.nodes, price=price, is_within_limits=False
    )


def _room(deployment: Deployment, name: str, prices: Prices) -> WarmNodes:
    """Return the nodes that are taken by placeholders as large as the largest profile."""
    pool = deployment.profiles.pools[name]
    servers, limits = pool.warm.servers, pool.max
    fits = _machines_of_largest(deployment, name, prices)
    disk = prices.service("gp3")
    disk_hour = disk.amount * pool.disk_gib / HOURS_PER_MONTH if disk else 0
    options = [
        (_count(fit, servers, limits), fit, price)
        for fit in fits
        if (price := prices.machine(fit.machine.name))
    ]
    # As many servers as the limits leave room for, at the least that this costs.
    count, fit, price = min(
        options,
        key=lambda each: (
            -min(servers, each[0] * each[1].users),
            each[0] * (each[2].per_hour + disk_hour),
        ),
        default=(servers, None, None),
    )
    machine = fit.machine.name if fit else ""
    return WarmNodes(pool=name, machine=machine, count=count, price=price, is_within_limits=True)


def _count(fit: Fit, servers: int, limits: Mapping[str, int]) -> int:
    """Return how many nodes of a machine hold so many servers, or as many as may be."""
    needed, most = -(-servers // fit.users), most_of(fit.machine, limits)
    return needed if most is None else min(needed, most)


def _machines_of_largest(deployment: Deployment, name: str, prices: Prices) -> tuple[Fit, ...]:
    """Return the machines on which a server of the pool's largest profile starts."""
    every = every_server(deployment.settings.hub_values)
    found = largest_size(deployment.profiles, name, every)
    if found is None:
        return ()
    index, size = found
    verdicts = prove(deployment, prices.machines)
    return next(
        each.machines for each in verdicts if (each.index, each.option) == (index, size.option)
    )
