"""The idle floor: what a month costs in which nobody starts a server. Pure.

Lines follow what the stacks create. ``billable.py`` says for each type of resource on which line
it is, or why it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.costs.warm import warm_nodes
from jupyterhub_eks.versions import KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from jupyterhub_eks.config.cluster import ClusterConfig
    from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.instances.model import Source

# Volume of the hub's database, GiB (`helm_values/jupyterhub.yaml`).
HUB_DISK_GIB: Final = 1
# Control-plane logs of a quiet cluster, GB a month: a judgement, audit being most of it.
_LOG_GB: Final = {"audit": Decimal(8)}
_OTHER_LOG_GB: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What no configuration says.

    Attributes:
        storage_gib: Files that lie on EFS, GiB; the homes of a scenario come on top.
        nat_gb: Traffic through NAT in a month in which nobody works, GB: images and updates
            of the system.
    """

    storage_gib: Decimal = Decimal(50)
    nat_gb: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the floor.

    Attributes:
        key: Name that does not change, for scripts.
        what: What it is, in words.
        count: How many.
        each: What one costs a month; None: no price is known.
        note: What was assumed.
        is_within_limits: Whether it is part of a pool's limit, and so of its worst case.
    """

    key: str
    what: str
    count: Decimal
    each: Decimal | None
    note: str = ""
    is_within_limits: bool = False

    @property
    def monthly(self) -> Decimal | None:
        """What all cost a month."""
        return None if self.each is None else self.count * self.each


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUse:
    """What is billed by use and is in no figure."""

    what: str
    amount: Decimal
    unit: str


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The idle floor.

    Attributes:
        lines: What it is made of.
        by_use: What comes on top by use.
        sources: Regions and publications of the prices.
    """

    lines: tuple[Line, ...]
    by_use: tuple[ByUse, ...]
    sources: frozenset[tuple[str, Source]]

    @property
    def monthly(self) -> Decimal:
        """All lines with a known price together, a month."""
        return sum((each.monthly or Decimal(0) for each in self.lines), Decimal(0))

    @property
    def hourly(self) -> Decimal:
        """The same, an hour."""
        return self.monthly / HOURS_PER_MONTH

    @property
    def hourly_outside_limits(self) -> Decimal:
        """The same without what counts to the limit of a pool."""
        inside = [each.monthly for each in self.lines if each.is_within_limits and each.monthly]
        return (self.monthly - sum(inside, Decimal(0))) / HOURS_PER_MONTH

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Lines without a known price: the sum is then only part of it."""
        return tuple(each.what for each in self.lines if each.each is None)


def idle_floor(deployment: Deployment, prices: Prices, today: date, assumed: Assumptions) -> Floor:
    """Return the idle floor of a deployment.

    Args:
        deployment: Both files.
        prices: Prices in its region.
        today: Day by which it is judged whether Kubernetes is out of standard support.
        assumed: What the files do not say.
    """
    maker = _Maker(prices)
    settings = deployment.settings
    lines = [
        *_control_plane(maker, settings.cluster, today),
        *_system_nodes(maker, settings.cluster),
        *_warm(maker, deployment),
        *_network(maker, settings, assumed),
        *_balancer(maker, settings),
        *_files(maker, settings, assumed),
    ]
    return Floor(
        lines=tuple(lines),
        by_use=tuple(_by_use(maker, settings)),
        sources=frozenset(maker.sources),
    )


@dataclass
class _Maker:
    """Makes lines and remembers whose prices they are."""

    prices: Prices
    sources: set[tuple[str, Source]] = field(default_factory=set)

    def of(
        self, service: str, what: str, count: Decimal | int, note: str = "", key: str = ""
    ) -> Line:
        """Return a line of a service that is billed by the hour, or by the month and GB."""
        price = self.prices.service(service)
        each = None
        if price:
            self.sources.add((price.region, price.source))
            each = price.amount * (HOURS_PER_MONTH if price.unit == "hour" else 1)
        return Line(key=key or service, what=what, count=Decimal(count), each=each, note=note)

    def of_machine(self, machine: str, what: str, count: int, key: str, note: str = "") -> Line:
        """Return a line of machines."""
        price = self.prices.machine(machine)
        each = None
        if price:
            self.sources.add((price.region, price.source))
            each = price.per_hour * HOURS_PER_MONTH
        return Line(key=key, what=what, count=Decimal(count), each=each, note=note)


def _control_plane(maker: _Maker, cluster: ClusterConfig, today: date) -> Iterator[Line]:
    yield maker.of("eks", "EKS control plane", 1)
    ends = next(
        (e.standard_support_ends for e in KUBERNETES_VERSIONS if e.minor == cluster.version), None
    )
    if ends and ends < today:
        note = f"standard support of {cluster.version} ended on {ends}"
        yield maker.of("eks-extended", "EKS extended support", 1, note)
    gigabytes = sum((_LOG_GB.get(each, _OTHER_LOG_GB) for each in cluster.log_types), Decimal(0))
    if gigabytes:
        yield maker.of("logs", "control-plane logs, GB", gigabytes, "assumed")


def _system_nodes(maker: _Maker, cluster: ClusterConfig) -> Iterator[Line]:
    nodes = cluster.system_nodes
    # The group takes its types in their order.
    first, *others = nodes.instance_types
    note = f"or {', '.join(others)} when it is short" if others else ""
    yield maker.of_machine(first, f"system nodes {first}", nodes.min, "system-nodes", note)
    disks = nodes.min * nodes.disk_gib
    yield maker.of("gp3", "disks of the system nodes, GiB", disks, key="system-disks")
    yield maker.of("gp3", "disk of the hub, GiB", HUB_DISK_GIB, key="hub-disk")


def _warm(maker: _Maker, deployment: Deployment) -> Iterator[Line]:
    for nodes in warm_nodes(deployment, maker.prices):
        kind = "room" if nodes.is_within_limits else "nodes"
        what = f"{nodes.pool}: {'room for servers' if nodes.is_within_limits else 'warm nodes'}"
        if nodes.price:
            maker.sources.add((nodes.price.region, nodes.price.source))
        yield Line(
            key=f"warm-{kind}-{nodes.pool}",
            what=f"{what} {nodes.machine}".rstrip(),
            count=Decimal(nodes.count),
            each=nodes.monthly,
            is_within_limits=nodes.is_within_limits,
        )
        disk = deployment.profiles.pools[nodes.pool].disk_gib * nodes.count
        line = maker.of(
            "gp3", f"{nodes.pool}: disks of those, GiB", disk, key=f"warm-{kind}-disks-{nodes.pool}"
        )
        yield replace(line, is_within_limits=nodes.is_within_limits)


def _network(maker: _Maker, settings: DeploymentFile, assumed: Assumptions) -> Iterator[Line]:
    network = settings.network
    if network.existing:
        return
    gateways = network.zones if network.nat == "per-zone" else 1
    yield maker.of("nat", "NAT gateway", gateways)
    yield maker.of("ipv4", "public address of NAT", gateways, key="nat-addresses")
    if assumed.nat_gb:
        yield maker.of("nat-traffic", "traffic through NAT, GB", assumed.nat_gb, "assumed")
    if network.interface_endpoints:
        count = len(network.interface_endpoints) * network.zones
        yield maker.of("endpoint", "interface endpoints, by zone", count)


def _balancer(maker: _Maker, settings: DeploymentFile) -> Iterator[Line]:
    access, network = settings.access, settings.network
    if access.effective_visibility == "port-forward":
        return
    kind = access.load_balancer
    yield maker.of(kind, f"load balancer ({kind})", 1, key="load-balancer")
    if access.effective_visibility == "public":
        zones = len(network.existing.public_subnet_ids) if network.existing else network.zones
        what = "public addresses of the balancer"
        yield maker.of("ipv4", what, zones, key="load-balancer-addresses")


def _files(maker: _Maker, settings: DeploymentFile, assumed: Assumptions) -> Iterator[Line]:
    if not assumed.storage_gib:
        return
    yield maker.of("efs", "files on EFS, GiB", assumed.storage_gib, "assumed")
    if settings.storage.backup_days:
        note = "assumed: one full copy"
        yield maker.of("backup", "backup of files, GiB", assumed.storage_gib, note)


def _by_use(maker: _Maker, settings: DeploymentFile) -> Iterator[ByUse]:
    wanted = {"efs-read": "files read", "efs-write": "files written"}
    if not settings.network.existing:
        wanted["nat-traffic"] = "traffic through NAT"
        if settings.network.interface_endpoints:
            wanted["endpoint-traffic"] = "traffic through endpoints"
    if settings.access.effective_visibility != "port-forward":
        wanted[f"{settings.access.load_balancer}-unit"] = "load balancer's capacity unit"
    for service, what in wanted.items():
        if price := maker.prices.service(service):
            maker.sources.add((price.region, price.source))
            yield ByUse(what=what, amount=price.amount, unit=price.unit)
