"""Ask AWS for types, offers and prices of regions, and keep them in the user's cache.

Permissions: ``ec2:DescribeInstanceTypes``, ``ec2:DescribeInstanceTypeOfferings`` and
``pricing:GetProducts``. What could be read is kept, whatever else failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.instances import refusals
from jupyterhub_eks.instances.asking import ask, items, keep, price_client, products
from jupyterhub_eks.instances.aws_answers import instance_type, price, zones_by_type
from jupyterhub_eks.instances.holdings import count_types
from jupyterhub_eks.instances.model import Source
from jupyterhub_eks.instances.offer_rows import offers_table
from jupyterhub_eks.instances.price_rows import currency_of, prices_table
from jupyterhub_eks.instances.tables import OF_MACHINES
from jupyterhub_eks.instances.type_rows import types_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from jupyterhub_eks.instances.asking import Reader, Session, Tell
    from jupyterhub_eks.instances.tables import Kind, Table

    # What is read, of which region, and how many items of one list so far.
    Progress = Callable[[Kind, str, int], None]

_PRODUCT: Final = {
    "preInstalledSw": "NA",
    "operatingSystem": "Linux",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}
# Bare metal is a product of its own.
_PRODUCTS: Final = (
    {"productFamily": "Compute Instance", "tenancy": "Shared"},
    {"productFamily": "Compute Instance (bare metal)", "tenancy": "Dedicated"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file of the cache that is new.

    Attributes:
        kind: What it is about.
        region: AWS region.
        path: Where it is.
        types: How many types it tells of.
    """

    kind: Kind
    region: str
    path: Path
    types: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What ``refresh`` did.

    Attributes:
        files: Files of the cache that are new.
        failures: What could not be read or written; the former file stays.
    """

    files: tuple[Written, ...]
    failures: tuple[PreflightError, ...]

    @property
    def written(self) -> tuple[Path, ...]:
        """Where the new files are."""
        return tuple(each.path for each in self.files)


def refresh(
    session: Session,
    regions: Iterable[str],
    *,
    folder: Path,
    today: date,
    progress: Progress | None = None,
    kinds: Sequence[Kind] = OF_MACHINES,
) -> Refreshed:
    """Read types, offers and prices of regions from AWS into ``folder``.

    Each file is replaced in one step once all of it was read, so an interruption loses nothing.
    Where there are no credentials, or a region cannot be reached, nothing more is asked there.

    Args:
        session: Makes the clients.
        regions: AWS regions.
        folder: Folder of the cache, see ``catalog.cache_folder``; made if it is missing.
        today: The day that the files bear.
        progress: Called after each page.
        kinds: What is read.
    """
    files: list[Written] = []
    failures: list[PreflightError] = []
    for region in regions:
        for kind in kinds:
            read = _READERS[kind]
            tell = partial(progress or _silent, kind, region)
            try:
                table = ask(read, kind, _PERMISSIONS[kind], session, region, today, tell)
                path = keep(folder, table, region)
            except PreflightError as error:
                failures.append(error)
                if refusals.ends_all(error.__cause__):
                    return Refreshed(files=tuple(files), failures=tuple(failures))
                if refusals.ends_region(error.__cause__):
                    break
            else:
                count = count_types(table)
                files.append(Written(kind=kind, region=region, path=path, types=count))
    return Refreshed(files=tuple(files), failures=tuple(failures))


def _silent(_kind: Kind, _region: str, _count: int) -> None:
    """Tell nobody."""


def _types(session: Session, region: str, today: date, tell: Tell) -> Table:
    source = Source(f"EC2 DescribeInstanceTypes in {region}", "", today, is_refreshed=True)
    client = session.client("ec2", region_name=region)
    answers = items(client, "describe_instance_types", "InstanceTypes", {}, tell)
    types = (instance_type(answer, source) for answer in answers)
    return types_table((each for each in types if each), source)


def _offers(session: Session, region: str, today: date, tell: Tell) -> Table:
    source = Source(f"EC2 DescribeInstanceTypeOfferings in {region}", "", today, is_refreshed=True)
    client = session.client("ec2", region_name=region)
    arguments = {"LocationType": "availability-zone-id"}
    operation = "describe_instance_type_offerings"
    answers = items(client, operation, "InstanceTypeOfferings", arguments, tell)
    return offers_table(region, zones_by_type(answers), source)


def _prices(session: Session, region: str, today: date, tell: Tell) -> Table:
    client = price_client(session, region, "prices")
    found: dict[str, Decimal] = {}
    for product in _PRODUCTS:
        fields = {"regionCode": region, **_PRODUCT, **product}
        for document in products(client, "AmazonEC2", fields, tell):
            if priced := price(document, currency_of(region)):
                name, amount = priced
                found[name] = max(amount, found.get(name, amount))
    source = Source(f"AWS price list of {region}", "", today, is_refreshed=True)
    return prices_table(region, found, source)


_READERS: Final[Mapping[Kind, Reader]] = {"types": _types, "offers": _offers, "prices": _prices}
_PERMISSIONS: Final[Mapping[Kind, str]] = {
    "types": "ec2:DescribeInstanceTypes",
    "offers": "ec2:DescribeInstanceTypeOfferings",
    "prices": "pricing:GetProducts",
}
