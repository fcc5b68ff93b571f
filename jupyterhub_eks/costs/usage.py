"""What servers cost: an hour, and a month of many users. Pure.

The month follows ``M + N*T*A + N*SS*(SC+PC)``: M is the idle floor, N the users, T their hours,
A what an hour of a server costs, SS the size of a home, SC and PC the prices of storing it and of
its backup.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.costs.at_once import AtOnce, at_once
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.proof import prove

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.instances.model import Price
    from jupyterhub_eks.placement.proof import Verdict

# Users of a month whom Cognito does not bill, per account (Essentials).
COGNITO_FREE_USERS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine with its disk, on which servers of a profile start.

    Attributes:
        machine: EC2 type.
        users: Servers of the profile that it holds.
        hourly: What it costs an hour, root volume included.
        price: Price of the machine alone.
    """

    machine: str
    users: int
    hourly: Decimal
    price: Price


@dataclass(frozen=True, kw_only=True)
class ProfileCost:
    """What a profile's servers cost.

    Attributes:
        profile: Its name.
        pool: Pool that runs it.
        nodes: Machines with a known price, the cheapest first; empty: none is known.
        max_servers: Most servers of the profile at once; None: no such limit.
    """

    profile: str
    pool: str
    nodes: tuple[Node, ...]
    max_servers: int | None = None

    @property
    def alone(self) -> Node | None:
        """The cheapest node for one user."""
        return min(self.nodes, key=lambda each: each.hourly, default=None)

    @property
    def shared(self) -> Node | None:
        """The node on which a place costs least when it is full."""
        return min(self.nodes, key=lambda each: each.hourly / each.users, default=None)

    def rates(self, users: int) -> Rates | None:
        """Return what an hour costs each of so many users; None: no price is known."""
        if not self.nodes:
            return None
        alone = min(each.hourly for each in self.nodes)
        packed = min(each.hourly / min(each.users, max(users, 1)) for each in self.nodes)
        return Rates(least=packed, average=min(alone, 2 * packed), most=alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What an hour of a server, or a month of all, costs in three scenarios.

    Attributes:
        least: Every node is full all the time.
        average: Nodes are half full.
        most: Everybody has a node of their own.
    """

    least: Decimal
    average: Decimal
    most: Decimal

    def month(self, server_hours: Decimal, base: Decimal) -> Rates:
        """Return the scenarios of a month: ``base``, and all hours of all servers."""
        return Rates(
            least=base + self.least * server_hours,
            average=base + self.average * server_hours,
            most=base + self.most * server_hours,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How a hub is used in a month.

    Attributes:
        users: How many work with it.
        hours: Hours of a server for each.
        home_gib: Size of each home, GiB.
    """

    users: int
    hours: Decimal
    home_gib: Decimal


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month of a hub.

    Attributes:
        demand: How it is used.
        homes: What all homes and their backups cost; None: no price is known.
        logins: What Cognito bills for users beyond the free ones; None: no price is known.
        idle: Everything, when nobody comes.
        by_profile: The scenarios, if everybody uses this profile; None: no price is known.
        always: Each profile's dearest scenario, around the clock.
        at_once: How many servers of each profile the limits let run at the same time; the
            scenarios do not stop there.
    """

    demand: Demand
    homes: Decimal | None
    logins: Decimal | None
    idle: Decimal
    by_profile: tuple[Rates | None, ...]
    always: tuple[Decimal | None, ...]
    at_once: tuple[AtOnce, ...]


def profile_costs(deployment: Deployment, prices: Prices) -> tuple[ProfileCost, ...]:
    """Return what servers of each profile cost, in the order of the profiles."""
    disk = prices.service("gp3")
    gib_hour = disk.amount / HOURS_PER_MONTH if disk else Decimal(0)
    pools = deployment.profiles.pools
    return tuple(
        ProfileCost(
            profile=verdict.title,
            pool=verdict.pool,
            nodes=_nodes(verdict, prices, gib_hour * pools[verdict.pool].disk_gib),
            max_servers=verdict.variant.profile.max_servers,
        )
        for verdict in prove(deployment, prices.machines)
    )


def _nodes(verdict: Verdict, prices: Prices, disk_hour: Decimal) -> tuple[Node, ...]:
    return tuple(
        Node(
            machine=cost.fit.machine.name,
            users=cost.fit.users,
            hourly=cost.alone + disk_hour,
            price=cost.price,
        )
        for cost in costs(verdict, prices.machines, prices.region)
    )


def month_of(
    deployment: Deployment,
    floor: Floor,
    profiles: tuple[ProfileCost, ...],
    prices: Prices,
    demand: Demand,
) -> Month:
    """Return what a month costs.

    Args:
        deployment: Both files.
        floor: Its idle floor.
        profiles: What servers of its profiles cost.
        prices: Prices in its region.
        demand: How it is used.
    """
    homes = _homes(deployment, prices, demand)
    logins = _logins(deployment, prices, demand.users)
    idle = floor.monthly + (homes or Decimal(0))
    base = idle + (logins or Decimal(0))
    rates = [each.rates(demand.users) for each in profiles]
    always = Decimal(demand.users * HOURS_PER_MONTH)
    return Month(
        demand=demand,
        homes=homes,
        logins=logins,
        idle=idle,
        by_profile=tuple(
            each.month(demand.users * demand.hours, base) if each else None for each in rates
        ),
        always=tuple(base + each.most * always if each else None for each in rates),
        at_once=tuple(at_once(deployment, each, prices) for each in profiles),
    )


def _homes(deployment: Deployment, prices: Prices, demand: Demand) -> Decimal | None:
    gib = demand.users * demand.home_gib
    services = ["efs", *(["backup"] if deployment.settings.storage.backup_days else [])]
    found = [prices.service(each) for each in services]
    known = [each.amount for each in found if each]
    return sum(known, Decimal(0)) * gib if len(known) == len(services) else None


def _logins(deployment: Deployment, prices: Prices, users: int) -> Decimal | None:
    billed = max(0, users - COGNITO_FREE_USERS)
    if not billed or not isinstance(deployment.settings.auth, CognitoAuth):
        return Decimal(0)
    price = prices.service("cognito")
    return price.amount * billed if price else None
