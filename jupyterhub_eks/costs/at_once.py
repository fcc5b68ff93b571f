"""How many servers the upper limits let run at once, held against the users of a month. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.costs.filling import most_of, most_servers

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.costs.usage import ProfileCost


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce:
    """How many servers of a profile can run at the same time.

    Attributes:
        servers: On full nodes; None: nothing limits them.
        alone: Each on the cheapest node for one user, as ``each alone`` and ``round the clock``
            have it; None: nothing limits them.
        held_by: The key that holds ``servers``, or ``alone`` where only that is held.
    """

    servers: int | None
    alone: int | None
    held_by: str

    def lets(self, users: int) -> bool:
        """Whether so many can work at the same time, each on a node of their own."""
        return self.alone is None or users <= self.alone


def at_once(deployment: Deployment, cost: ProfileCost, prices: Prices) -> AtOnce:
    """Return how many servers of a profile, and of it alone, can run at the same time.

    Args:
        deployment: Both files.
        cost: Of the profile.
        prices: Prices in its region.
    """
    pool = deployment.profiles.pools[cost.pool]
    found = [(prices.machines.find(each.machine), each.users) for each in cost.nodes]
    options = [(machine, users) for machine, users in found if machine]
    servers = most_servers(options, pool.max)
    cheapest = prices.machines.find(cost.alone.machine) if cost.alone else None
    alone = most_of(cheapest, pool.max) if cheapest else None
    warm = pool.warm.nodes  # outside of `max`
    servers = None if servers is None else servers + warm * max(users for _, users in options)
    alone = None if alone is None else alone + warm
    if cost.max_servers is None:
        return AtOnce(servers=servers, alone=alone, held_by=f"pools.{cost.pool}.max")
    if servers is None or cost.max_servers <= servers:
        most = cost.max_servers
        alone = most if alone is None else min(alone, most)
        return AtOnce(servers=most, alone=alone, held_by="max_servers")
    return AtOnce(
        servers=servers,
        alone=cost.max_servers if alone is None else min(alone, cost.max_servers),
        held_by=f"pools.{cost.pool}.max",
    )
