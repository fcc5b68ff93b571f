"""What things cost: services from this package's files, machines from the catalog.

As with machines, the newer of two files counts, and us-east-1's price stands in where a region's
own is not known: both are said beside the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.costs.services import SERVICES
from jupyterhub_eks.instances.catalog import cache_folder, catalog
from jupyterhub_eks.instances.model import Quote
from jupyterhub_eks.instances.price_rows import currency_of
from jupyterhub_eks.instances.stored import PriceLists, Stored

if TYPE_CHECKING:
    from decimal import Decimal

    from jupyterhub_eks.costs.services import Unit
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import Currency, Price

DATA: Final = Path(__file__).with_name("data")
_AGAIN: Final = "ask AWS again (jhub cost --refresh-prices)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrice(Quote):
    """The price of a service.

    Attributes:
        amount: For one unit.
        unit: What it is for.
        page: AWS's page with the price.
    """

    amount: Decimal
    unit: Unit
    page: str


class Prices:
    """Prices in one region.

    Args:
        region: AWS region.
        machines: Facts about machines, with their prices.
        packaged: Folder of the price lists that came with this release.
        refreshed: Folder of those that were asked of AWS; may be missing.
    """

    def __init__(
        self, region: str, machines: Catalog, packaged: Path, refreshed: Path | None = None
    ) -> None:
        self.region = region
        self.machines = machines
        self._stored = Stored(packaged, refreshed, lambda *_: _AGAIN)
        self._lists = PriceLists(self._stored, "services")

    @property
    def currency(self) -> Currency:
        """The currency in which AWS bills the region."""
        return currency_of(self.region)

    @property
    def notes(self) -> tuple[str, ...]:
        """Files of the cache that could not be used, as far as they were looked for."""
        return (*self.machines.notes, *self._stored.notes)

    def service(self, name: str) -> ServicePrice | None:
        """Return the price of a service; None: none is known.

        Raises:
            KeyError: There is no such service in :data:`SERVICES`.
        """
        service = SERVICES[name]
        found = self._lists.with_price(self.region, name)
        if found is None:
            return None
        return ServicePrice(
            amount=found.by_type[name],
            unit=service.unit,
            page=service.page,
            currency=found.currency,
            region=found.region,
            asked_region=self.region,
            source=found.source,
        )

    def machine(self, name: str) -> Price | None:
        """Return the price of a machine per hour, on demand; None: none is known."""
        return self.machines.price(self.region, name)


@cache
def prices_in(region: str) -> Prices:
    """Return the prices of this release and of the user's cache, in a region."""
    return Prices(region, catalog(), DATA, cache_folder())
