"""Whether servers of a profile can start, on what, and with how many neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.placement.bars import Bar, bars_of
from jupyterhub_eks.placement.demands import demand
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.machines import Candidates, candidates
from jupyterhub_eks.placement.resources import Resource
from jupyterhub_eks.placement.rooms import make_of, room_of
from jupyterhub_eks.placement.zones import offered_zones
from jupyterhub_eks.releases.nodes import most_devices
from jupyterhub_eks.releases.z2jh.every_server import every_server

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.variants import Variant
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import InstanceType, Offers
    from jupyterhub_eks.placement.bars import Bars
    from jupyterhub_eks.placement.resources import Amounts
    from jupyterhub_eks.releases.z2jh.every_server import EveryServer

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
        every: Settings of every server.
    """

    index: int
    variant: Variant
    demand: Amounts
    fits: tuple[Fit, ...]
    candidates: Candidates
    every: EveryServer

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
    asked, every = most_devices(profiles), every_server(settings.hub_values)
    found = {
        name: _Pool(
            pool, candidates(pool, asked[name], catalog), offers, prefixes, settings.region, every
        )
        for name, pool in profiles.pools.items()
    }
    return tuple(
        found[each.profile.pool].verdict(index, each, demand(each.profile, every))
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
        every: Settings of every server.
    """

    pool: PoolConfig
    candidates: Candidates
    offers: Offers | None
    prefixes: bool
    region: str
    every: EveryServer
    _known: dict[Amounts, tuple[Fit, ...]] = field(default_factory=dict)
    _kept_off: dict[tuple[Amounts, str], tuple[Fit, ...]] = field(default_factory=dict)

    def verdict(self, index: int, variant: Variant, wanted: Amounts) -> Verdict:
        return Verdict(
            index=index,
            variant=variant,
            demand=wanted,
            fits=self._barred(variant, wanted),
            candidates=self.candidates,
            every=self.every,
        )

    def _barred(self, variant: Variant, wanted: Amounts) -> tuple[Fit, ...]:
        """Return the machines with what is selected and not tolerated in the way of each."""
        bars = bars_of(variant.profile, self.every, self.pool, self.region)
        if not bars.settings:
            return self._fits(wanted)
        # Worked out once for servers that ask for the same and select the same.
        key = wanted, repr(bars.settings)
        if key not in self._kept_off:
            self._kept_off[key] = tuple(_behind(bars, each) for each in self._fits(wanted))
        return self._kept_off[key]

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


def _behind(bars: Bars, fit: Fit) -> Fit:
    bar = None if fit.obstacle else bars.of(fit.machine, fit.zones)
    return replace(fit, obstacle=bar, users=0) if bar else fit
