"""What an hour of a server costs: the whole node, or its share of a full one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import Price
    from jupyterhub_eks.placement.proof import Fit, Verdict


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one machine costs those who share it, per hour, without disk and traffic.

    Attributes:
        fit: The machine.
        price: On-demand price of the machine.
    """

    fit: Fit
    price: Price

    @property
    def alone(self) -> Decimal:
        """For a user without neighbours: the whole node."""
        return self.price.per_hour

    @property
    def shared(self) -> Decimal:
        """For each user of a full node."""
        return self.price.per_hour / self.fit.users


def costs(verdict: Verdict, catalog: Catalog, region: str) -> tuple[Cost, ...]:
    """Return the machines with a known price on which a server starts, the cheapest first."""
    found = [
        Cost(fit=fit, price=price)
        for fit in verdict.machines
        if (price := catalog.price(region, fit.machine.name))
    ]
    return tuple(sorted(found, key=lambda each: (each.alone, each.fit.machine.name)))
