"""What things cost: services from this package's files, machines from the catalog.

As with machines, the newer of two files counts, and us-east-1's price stands in where a region's
own is not known: both are said beside the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.costs.service_rows import read_services
from jupyterhub_eks.costs.services import SERVICES
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.catalog import cache_folder, catalog
from jupyterhub_eks.instances.names import REGION
from jupyterhub_eks.instances.price_rows import currency_of
from jupyterhub_eks.instances.tables import TableError, path_of, read_table

if TYPE_CHECKING:
    from decimal import Decimal

    from jupyterhub_eks.costs.services import Unit
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.instances.model import Currency, Price, Source
    from jupyterhub_eks.instances.price_rows import PriceList

DATA: Final = Path(__file__).with_name("data")
MODEL_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrice:
    """The price of a service.

    Attributes:
        amount: For one unit.
        unit: What it is for.
        page: AWS's page with the price.
        currency: In which AWS bills the region.
        region: Region whose price it is.
        asked_region: Region that was asked for.
        source: Where it is from.
    """

    amount: Decimal
    unit: Unit
    page: str
    currency: Currency
    region: str
    asked_region: str
    source: Source

    @property
    def stands_in(self) -> bool:
        """Whether it is another region's: a rough guide."""
        return self.region != self.asked_region


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
        self._folders = [folder for folder in (refreshed, packaged) if folder]
        self._refreshed = refreshed
        self._lists: dict[str, list[PriceList]] = {}
        self._notes: list[str] = []

    @property
    def currency(self) -> Currency:
        """The currency in which AWS bills the region."""
        return currency_of(self.region)

    @property
    def notes(self) -> tuple[str, ...]:
        """Files of the cache that could not be used, as far as they were looked for."""
        return (*self.machines.notes, *self._notes)

    def service(self, name: str) -> ServicePrice | None:
        """Return the price of a service; None: none is known.

        Raises:
            KeyError: There is no such service in :data:`SERVICES`.
        """
        service = SERVICES[name]
        for region in self._regions():
            for prices in self._price_lists(region):
                if name in prices.by_type:
                    return ServicePrice(
                        amount=prices.by_type[name],
                        unit=service.unit,
                        page=service.page,
                        currency=prices.currency,
                        region=region,
                        asked_region=self.region,
                        source=prices.source,
                    )
        return None

    def machine(self, name: str) -> Price | None:
        """Return the price of a machine per hour, on demand; None: none is known."""
        return self.machines.price(self.region, name)

    def _regions(self) -> list[str]:
        same = self.currency == currency_of(MODEL_REGION)
        return [self.region, *([MODEL_REGION] if same and self.region != MODEL_REGION else [])]

    def _price_lists(self, region: str) -> list[PriceList]:
        if region not in self._lists:
            paths = [path_of(folder, "services", region) for folder in self._folders]
            known = [path for path in paths if REGION.fullmatch(region) and path.is_file()]
            found = [each for each in map(self._read, known) if each]
            # The cache stands first, and the order of equals is kept: of one day it is preferred.
            found.sort(key=lambda each: each.source.date, reverse=True)
            self._lists[region] = found
        return self._lists[region]

    def _read(self, path: Path) -> PriceList | None:
        is_refreshed = self._refreshed is not None and path.is_relative_to(self._refreshed)
        try:
            return read_services(read_table(path, "services", is_refreshed=is_refreshed))
        except (OSError, TableError) as error:
            if not is_refreshed:
                raise ToolError(
                    f"cannot read {path}, which came with jhub",
                    cause=str(error),
                    hint="install jhub again",
                ) from error
            self._notes.append(
                f"{path} is not used, ask AWS again (jhub cost --refresh-prices): {error}"
            )
            return None


@cache
def prices_in(region: str) -> Prices:
    """Return the prices of this release and of the user's cache, in a region."""
    return Prices(region, catalog(), DATA, cache_folder())
