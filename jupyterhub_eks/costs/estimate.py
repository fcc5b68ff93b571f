"""All that is known before a deployment about what it costs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from jupyterhub_eks.costs.floor import Assumptions, idle_floor
from jupyterhub_eks.costs.usage import month_of, profile_costs
from jupyterhub_eks.costs.worst import worst_case

if TYPE_CHECKING:
    from datetime import date

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.costs.usage import Demand, Month, ProfileCost
    from jupyterhub_eks.costs.worst import WorstCase
    from jupyterhub_eks.instances.model import Currency, Source


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a deployment costs.

    Attributes:
        region: Its region.
        currency: Of all amounts.
        assumed: What the files do not say.
        floor: What a month costs in which nobody works.
        profiles: What servers cost.
        worst: The most that an hour can cost.
        max_hourly: ``budget.max_hourly_usd``; None: there is none.
        month: A month with users; None: none were asked for.
        notes: Price lists of the cache that could not be used.
    """

    region: str
    currency: Currency
    assumed: Assumptions
    floor: Floor
    profiles: tuple[ProfileCost, ...]
    worst: WorstCase
    max_hourly: Decimal | None
    month: Month | None
    notes: tuple[str, ...]

    @property
    def sources(self) -> list[tuple[str, Source]]:
        """Regions and publications of all prices, each once, in a fixed order."""
        found = {
            (node.price.region, node.price.source) for each in self.profiles for node in each.nodes
        }
        return sorted(found | self.floor.sources, key=lambda each: (each[0], str(each[1])))


def estimate(
    deployment: Deployment,
    prices: Prices,
    today: date,
    *,
    assumed: Assumptions | None = None,
    demand: Demand | None = None,
) -> Estimate:
    """Return what a deployment costs.

    Args:
        deployment: Both files.
        prices: Prices in its region.
        today: Day by which support is judged.
        assumed: What the files do not say.
        demand: How the hub is used, for a month with users.
    """
    limit = deployment.settings.budget.max_hourly_usd
    assumptions = assumed or Assumptions()
    floor = idle_floor(deployment, prices, today, assumptions)
    profiles = profile_costs(deployment, prices)
    month = month_of(deployment, floor, profiles, prices, demand) if demand else None
    return Estimate(
        region=prices.region,
        currency=prices.currency,
        assumed=assumptions,
        floor=floor,
        profiles=profiles,
        worst=worst_case(deployment, floor, prices),
        max_hourly=None if limit is None else Decimal(str(limit)),
        month=month,
        notes=prices.notes,
    )
