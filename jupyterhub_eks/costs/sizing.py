"""Machines for a number of users, and whether one machine would do. Pure.

The single server follows the sizing rules of The Littlest JupyterHub: memory for all who are
there at once and 128 MB, disk for all users and 2 GB.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.amounts import MOST_CORES, CpuRange, MemoryRange
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.pool_parts import GpuSharing
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.profile_parts import ImageConfig
from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.costs.sizing_model import Filling, Proposal, SingleServer, Sizing
from jupyterhub_eks.costs.usage import Demand
from jupyterhub_eks.placement.demands import demand
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.resources import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.costs.sizing_model import Need
    from jupyterhub_eks.instances.model import InstanceType, Price
    from jupyterhub_eks.placement.proof import Fit, Verdict
    from jupyterhub_eks.placement.resources import Amounts

# Families to choose among: x86, as most images are made for it, and widely offered.
CPU_FAMILIES: Final = ("m7i", "m7a", "m6i", "c7i", "c7a", "r7i", "r7a")
GPU_FAMILIES: Final = ("g6", "g6e", "g5", "g4dn")
POOL: Final = "users"
# A server without a GPU, preselected so that nobody starts a GPU by just logging in.
SMALL_POOL: Final = "small"
_SMALL_MEMORY: Final = "2G"
_SMALL_CORES: Final = 0.5
GPU_IMAGE: Final = "quay.io/jupyter/pytorch-notebook:cuda12-2025-11-10"
SHARING: Final = GpuSharing(sharing="time-slicing", slices=4)
_SYSTEM_BYTES: Final = 128 * 10**6
_SYSTEM_DISK_GIB: Final = 2
_USERS_ON_A_NODE: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_LEAST_MEMORY: Final = 256 * MIB


def size_for(
    need: Need, prices: Prices, today: date, settings: DeploymentFile | None = None
) -> Sizing:
    """Return machines, amounts and costs for a number of users.

    Args:
        need: Users and what a server of theirs has.
        prices: Prices in the region.
        today: Day by which support of Kubernetes is judged.
        settings: All but pools and profiles, for the idle floor; the defaults when left out.
    """
    profile = _profile(need)
    chosen = _choose(need, PoolConfig(instances=_families(need)), prices)
    proposals = chosen.proposals
    if not proposals:
        return Sizing(need=need, proposals=(), largest=chosen.largest, unpriced=chosen.has_unpriced)
    pools, profiles = {POOL: _pool(proposals, need)}, [profile]
    if need.gpu:
        small = replace(need, gpu=0, memory=_SMALL_MEMORY, cpu=_SMALL_CORES)
        if cheap := _choose(small, PoolConfig(instances=CPU_FAMILIES), prices).proposals:
            pools[SMALL_POOL] = _pool(cheap, small)
            default = _profile(small).model_copy(update={"pool": SMALL_POOL})
            profiles = [profile.model_copy(update={"default": False}), default]
    usage = Demand(users=need.users, hours=need.hours, home_gib=need.home_gib)
    file = ProfilesFile(pools=pools, profiles=tuple(profiles))
    deployment = Deployment(settings=_in_region(settings, prices.region), profiles=file)
    found = estimate(deployment, prices, today, demand=usage)
    first = proposals[0]
    room = next(each.room for each in chosen.offered if each.machine is first.machine)
    single = _single(need, chosen.priced, prices)
    named = {each.machine for each in proposals}
    if single:
        named.add(single.machine)
    looked_at = {(p.region, p.source) for fit, p in chosen.priced if fit.machine in named}
    return Sizing(
        need=need,
        proposals=proposals,
        largest=chosen.largest,
        fillings=tuple(_fillings(room, need.gpu, first.users)),
        shared=_shared(need, prices),
        profiles=file,
        estimate=found,
        sources=tuple(sorted({*found.sources, *looked_at}, key=lambda e: (e[0], str(e[1])))),
        single=single,
        unpriced=chosen.has_unpriced,
    )


@dataclass(frozen=True)
class _Choice:
    """Machines for servers of one kind: on offer, of those with a price, and the best."""

    offered: list[Fit]
    priced: list[tuple[Fit, Price]]
    proposals: tuple[Proposal, ...]

    @property
    def has_unpriced(self) -> bool:
        return len(self.priced) < len(self.offered)

    @property
    def largest(self) -> InstanceType | None:
        machines = (each.machine for each in self.offered)
        return max(machines, key=lambda each: each.memory_mib, default=None)


def _choose(need: Need, pool: PoolConfig, prices: Prices) -> _Choice:
    verdict = _verdict(_profile(need), pool, prices)
    offered = [each for each in verdict.fits if each.zones != ()]
    priced = [(each, price) for each in offered if (price := prices.machine(each.machine.name))]
    proposals = _best_by_family(need, _proposals(need, priced, _disk_hour(prices)))
    return _Choice(offered, priced, tuple(proposals))


def _families(need: Need) -> tuple[str, ...]:
    return GPU_FAMILIES if need.gpu else CPU_FAMILIES


def _in_region(settings: DeploymentFile | None, region: str) -> DeploymentFile:
    if settings is None:
        return DeploymentFile(region=region)
    return settings.model_copy(update={"region": region})


def _shared(need: Need, prices: Prices) -> Proposal | None:
    """Return the best machine when a GPU is shared, which only servers with one can."""
    if need.gpu != 1:
        return None
    pool = PoolConfig(instances=GPU_FAMILIES, gpu=SHARING)
    return next(iter(_choose(need, pool, prices).proposals), None)


def _profile(need: Need) -> ProfileConfig:
    plain = ProfilesFile().profiles[0].images
    return ProfileConfig(
        name="Notebook with GPU" if need.gpu else "Notebook",
        default=True,
        pool=POOL,
        cpu=CpuRange(guarantee=need.cpu, limit=min(2 * need.cpu, MOST_CORES)),
        memory=MemoryRange(guarantee=need.memory, limit=need.memory),
        gpu=need.gpu,
        images={"PyTorch": ImageConfig(image=GPU_IMAGE)} if need.gpu else plain,
    )


def _deployment(region: str, pool: PoolConfig, profile: ProfileConfig) -> Deployment:
    return Deployment(
        settings=DeploymentFile(region=region),
        profiles=ProfilesFile(pools={POOL: pool}, profiles=(profile,)),
    )


def _verdict(profile: ProfileConfig, pool: PoolConfig, prices: Prices) -> Verdict:
    return prove(_deployment(prices.region, pool, profile), prices.machines)[0]


def _disk_hour(prices: Prices) -> Decimal:
    disk = prices.service("gp3")
    size = PoolConfig(instances=CPU_FAMILIES).disk_gib
    return disk.amount * size / HOURS_PER_MONTH if disk else Decimal(0)


def _proposals(
    need: Need, priced: Sequence[tuple[Fit, Price]], disk_hour: Decimal
) -> Iterator[Proposal]:
    for fit, price in priced:
        if fit.users:
            yield Proposal(
                machine=fit.machine,
                users=fit.users,
                nodes=ceil(need.concurrent / fit.users),
                node_hourly=price.per_hour + disk_hour,
            )


def _best_by_family(need: Need, proposals: Iterator[Proposal]) -> list[Proposal]:
    """Return the cheapest of each family; of equals the one with the smaller nodes.

    It is the day that counts: a large node is full at noon and nearly empty at night, while of
    several small ones most can go. So a quarter, half, three quarters and all are weighed alike.
    """

    def rank(each: Proposal) -> tuple[Decimal, int, str]:
        nodes = sum(ceil(need.concurrent * share / 4 / each.users) for share in (1, 2, 3, 4))
        return each.node_hourly * nodes, each.machine.vcpu, each.machine.name

    ranked = sorted(proposals, key=rank)
    best: dict[str, Proposal] = {}
    for each in ranked:
        best.setdefault(each.machine.family, each)
    return list(best.values())


def _pool(proposals: Sequence[Proposal], need: Need) -> PoolConfig:
    """Return a pool of the two best machines that has room for all with either."""
    chosen = proposals[:2]
    most: dict[str, int]
    if need.gpu:
        most = {"gpu": max(each.nodes * each.machine.gpu_count for each in chosen)}
    else:
        most = {"cpu": max(each.nodes * each.machine.vcpu for each in chosen)}
    return PoolConfig(instances=tuple(each.machine.name for each in chosen), max=most)


def _fillings(room: Amounts, gpu: int, proposed: int) -> Iterator[Filling]:
    for users in sorted({*_USERS_ON_A_NODE, proposed}):
        memory = room.memory // users // MIB
        cores = room.cpu_m // users // 10 * 10 / 1000
        if users > room.pods or memory * MIB < _LEAST_MEMORY or not cores:
            return
        if gpu and users * gpu > room.gpu:
            return
        yield Filling(users=users, memory=f"{memory}Mi", cpu=cores)


def _single(need: Need, priced: Sequence[tuple[Fit, Price]], prices: Prices) -> SingleServer | None:
    wanted = demand(_profile(need))
    memory = need.concurrent * wanted.memory + _SYSTEM_BYTES
    cores = ceil(need.concurrent * need.cpu)
    enough = [
        (price.per_hour, fit.machine)
        for fit, price in priced
        if fit.machine.memory_mib * MIB >= memory
        and fit.machine.vcpu >= cores
        and fit.machine.gpu_count >= need.concurrent * need.gpu
    ]
    disk, address = prices.service("gp3"), prices.service("ipv4")
    if not enough or not disk or not address:
        return None
    hourly, machine = min(enough, key=lambda each: (each[0], each[1].name))
    disk_gib = need.users * need.home_gib + _SYSTEM_DISK_GIB
    monthly = (hourly + address.amount) * HOURS_PER_MONTH + disk_gib * disk.amount
    return SingleServer(machine=machine, disk_gib=disk_gib, monthly=monthly)
