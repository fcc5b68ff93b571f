"""Whether servers of a profile can start, on what, and with how many neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.placement.bars import Bar, Bars
from jupyterhub_eks.placement.demands import demand
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.machines import Candidates, candidates
from jupyterhub_eks.placement.resources import Resource
from jupyterhub_eks.placement.rooms import make_of, room_of
from jupyterhub_eks.placement.zones import offered_zones
from jupyterhub_eks.releases.nodes import most_devices

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.variants import Variant
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType, Offers
    from jupyterhub_eks.placement.resources import Amounts

# Why a machine does not do: a resource that is short, the region, the pool's upper limit, or
# what the profile itself selects and tolerates.
Obstacle = Literal[Resource, "region", "limit", Bar]


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One machine for one profile.

    Attributes:
        machine: Its type.
        users: Servers of this profile that an empty node holds; 0: none.
        room: What an empty node has for servers.
        obstacle: What is in the way first; None if servers fit.
        zones: Ids of the region's zones that offer it; None: nothing is known of the region.
    """

    machine: InstanceType
    users: int
    room: Amounts
    obstacle: Obstacle | None
    zones: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is known about a profile, or about one of its sizes.

    Attributes:
        index: Place of the profile in their list.
        variant: The profile as this size has it.
        demand: What one server asks for.
        fits: Every machine of the pool, the smallest first.
        candidates: Machines that the pool names, with those that it leaves out.
    """

    index: int
    variant: Variant
    demand: Amounts
    fits: tuple[Fit, ...]
    candidates: Candidates

    @property
    def profile(self) -> str:
        """Name of the profile."""
        return self.variant.profile.name

    @property
    def option(self) -> str | None:
        """Title of the size; None where the profile has none."""
        return self.variant.option

    @property
    def pool(self) -> str:
        """Name of the pool that it selects."""
        return self.variant.profile.pool

    @property
    def title(self) -> str:
        """Name of the profile, with its size if it has several."""
        return self.profile if self.option is None else f"{self.profile}, {self.option}"

    @cached_property
    def machines(self) -> tuple[Fit, ...]:
        """Those on which a server starts."""
        return tuple(each for each in self.fits if each.obstacle is None)

    @property
    def is_open(self) -> bool:
        """Whether too little is known of the pool's machines for a verdict."""
        return not self.starts and bool(self.candidates.unknown)

    @property
    def starts(self) -> bool:
        """Whether a server of the profile can start."""
        return any(each.obstacle is None for each in self.fits)


def prove(deployment: Deployment, catalog: Catalog) -> tuple[Verdict, ...]:
    """Return a verdict for each size of each profile whose pool exists, in their order.

    Args:
        deployment: Both files.
        catalog: What is known of EC2's machines.
    """
    profiles, settings = deployment.profiles, deployment.settings
    offers = catalog.offered(settings.region)
    prefixes = settings.cluster.prefix_delegation
    asked = most_devices(profiles)
    found = {
        name: _Pool(pool, candidates(pool, asked[name], catalog), offers, prefixes, settings.region)
        for name, pool in profiles.pools.items()
    }
    return tuple(
        found[each.profile.pool].verdict(index, each, demand(each.profile, settings.hub_values))
        for index, profile in enumerate(profiles.profiles)
        for each in variants(profile)
        if each.profile.pool in found
    )


@dataclass
class _Pool:
    """A pool with its machines.

    Attributes:
        pool: Its configuration.
        candidates: Its machines.
        offers: What the region offers; None: unknown.
        prefixes: Whether nodes take address prefixes.
        region: Where it is.
    """

    pool: PoolConfig
    candidates: Candidates
    offers: Offers | None
    prefixes: bool
    region: str
    _known: dict[Amounts, tuple[Fit, ...]] = field(default_factory=dict)

    def verdict(self, index: int, variant: Variant, wanted: Amounts) -> Verdict:
        return Verdict(
            index=index,
            variant=variant,
            demand=wanted,
            fits=self._barred(variant, self._fits(wanted)),
            candidates=self.candidates,
        )

    def _barred(self, variant: Variant, fits: tuple[Fit, ...]) -> tuple[Fit, ...]:
        """Return the machines with what the profile's own settings put in the way of each."""
        override = variant.profile.kubespawner_override
        if not override.keys() & {"node_selector", "tolerations"}:
            return fits
        bars = Bars(override, variant.profile.pool, self.pool, self.region)
        return tuple(
            replace(fit, obstacle=bar, users=0)
            if fit.obstacle is None and (bar := bars.of(fit.machine, fit.zones))
            else fit
            for fit in fits
        )

    def _fits(self, wanted: Amounts) -> tuple[Fit, ...]:
        """Return what each machine holds, worked out once for servers that ask for the same."""
        if wanted not in self._known:
            self._known[wanted] = tuple(
                self._fit(machine, left, wanted)
                for machine, left in zip(self.candidates.taken, self._rooms, strict=True)
            )
        return self._known[wanted]

    @cached_property
    def _rooms(self) -> tuple[Amounts, ...]:
        """Room on each machine, worked out once for all profiles of the pool."""
        make = make_of(self.pool, prefixes=self.prefixes)
        return tuple(room_of(machine, make) for machine in self.candidates.taken)

    def _fit(self, machine: InstanceType, left: Amounts, wanted: Amounts) -> Fit:
        zones = offered_zones(self.pool, self.offers, machine.name)
        obstacle: Obstacle | None = left.short_of(wanted)
        if obstacle is None and zones == ():
            obstacle = "region"
        if obstacle is None and any(exceeded(machine, self.pool.max)):
            obstacle = "limit"
        users = 0 if obstacle else left.times(wanted)
        return Fit(machine=machine, users=users, room=left, obstacle=obstacle, zones=zones)
