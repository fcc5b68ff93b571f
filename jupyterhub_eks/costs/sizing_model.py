"""What is to be sized, and what is proposed for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.usage import Month
    from jupyterhub_eks.instances.model import InstanceType, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is to be sized.

    Attributes:
        users: All who may come.
        concurrent: Most who are there at the same time.
        memory: Of a server, as in a profile, e.g. ``4G``.
        cpu: Cores that a server is guaranteed.
        gpu: GPUs of a server.
        hours: Hours of a server that each user has a month.
        home_gib: Size of each home, GiB.
    """

    users: int
    concurrent: int
    memory: str
    cpu: float
    gpu: int
    hours: Decimal
    home_gib: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A machine for all who are there at once.

    Attributes:
        machine: Its type.
        users: Servers on a node.
        nodes: Nodes for all who are there at once.
        node_hourly: An hour of a node with its disk.
    """

    machine: InstanceType
    users: int
    nodes: int
    node_hourly: Decimal

    @property
    def hourly(self) -> Decimal:
        """All nodes, an hour."""
        return self.node_hourly * self.nodes

    @property
    def user_hourly(self) -> Decimal:
        """Each user's part of a full node, an hour."""
        return self.node_hourly / self.users


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Amounts with which so many servers exactly fill a node.

    Attributes:
        users: Servers.
        memory: Of each, as a profile has it.
        cpu: Cores of each.
    """

    users: int
    memory: str
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleServer:
    """One machine for all, with a hub that needs no cluster.

    Attributes:
        machine: The cheapest that is large enough.
        disk_gib: Its disk, with all homes.
        monthly: What it costs a month, always on.
    """

    machine: InstanceType
    disk_gib: Decimal
    monthly: Decimal


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """What is proposed.

    Attributes:
        need: What for.
        proposals: Machines, the cheapest over a day first, one of each family.
        largest: Of all machines looked at, the one with most memory; None: none is offered.
        fillings: Amounts that fill a node of the first proposal, also for as many as it has.
        shared: The best machine when GPUs are shared; None: servers have none, or several.
        profiles: What to write: the profile that was sized, and with a GPU a small default.
        estimate: What all that costs, with a month of the users.
        sources: Whose prices the figures are.
        single: One machine for all; None: none is large enough.
        unpriced: Whether machines were left out as no price is known.
    """

    need: Need
    proposals: tuple[Proposal, ...]
    largest: InstanceType | None
    fillings: tuple[Filling, ...] = ()
    shared: Proposal | None = None
    profiles: ProfilesFile | None = None
    estimate: Estimate | None = None
    sources: tuple[tuple[str, Source], ...] = ()
    single: SingleServer | None = None
    unpriced: bool = False

    @property
    def profile(self) -> ProfileConfig | None:
        """The profile that was sized."""
        return self.profiles.profiles[0] if self.profiles else None

    @property
    def pool(self) -> PoolConfig | None:
        """The pool of that profile."""
        return self.profiles.pools[self.profile.pool] if self.profiles and self.profile else None

    @property
    def month(self) -> Month | None:
        """What a month costs on the cluster; its first profile is the one that was sized."""
        return self.estimate.month if self.estimate else None

    @property
    def floor_monthly(self) -> Decimal:
        """Part of the month that is there without users and their homes."""
        return self.estimate.floor.monthly if self.estimate else Decimal(0)
