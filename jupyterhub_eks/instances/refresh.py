"""Ask AWS for types, offers and prices of regions, and keep them in the user's cache.

Permissions: ``ec2:DescribeInstanceTypes``, ``ec2:DescribeInstanceTypeOfferings`` and
``pricing:GetProducts``. What could be read is kept, whatever else failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.instances.aws_answers import instance_type, price, zones_by_type
from jupyterhub_eks.instances.model import Source
from jupyterhub_eks.instances.names import REGION
from jupyterhub_eks.instances.offer_rows import offers_table
from jupyterhub_eks.instances.price_rows import currency_of, prices_table
from jupyterhub_eks.instances.tables import path_of
from jupyterhub_eks.instances.type_rows import types_table
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from jupyterhub_eks.instances.tables import Kind, Table

    # What is read, of which region, and how many items of one list so far.
    Progress = Callable[[Kind, str, int], None]
    _Tell = Callable[[int], None]
    _Reader = Callable[["Session", str, date, _Tell], Table]

# Where the price API is, for regions by the beginning of their names.
_PRICE_API_REGIONS: Final = {"ap-": "ap-south-1", "eu-": "eu-central-1", "cn-": "cn-northwest-1"}
_PRICE_API_REGION: Final = "us-east-1"
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


class Session(Protocol):
    """What is needed of a ``boto3.Session``."""

    def client(self, service_name: str, *, region_name: str) -> Any:
        """Return a client of a service in a region."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What ``refresh`` did.

    Attributes:
        written: Files of the cache that are new.
        failures: What could not be read or written; the former file stays.
    """

    written: tuple[Path, ...]
    failures: tuple[PreflightError, ...]


def refresh(
    session: Session,
    regions: Iterable[str],
    *,
    folder: Path,
    today: date,
    progress: Progress | None = None,
) -> Refreshed:
    """Read types, offers and prices of regions from AWS into ``folder``.

    Args:
        session: Makes the clients.
        regions: AWS regions.
        folder: Folder of the cache, see ``catalog.cache_folder``; made if it is missing.
        today: The day that the files bear.
        progress: Called after each page.
    """
    written: list[Path] = []
    failures: list[PreflightError] = []
    for region in regions:
        for kind, read in _READERS.items():
            tell = partial(progress or _silent, kind, region)
            try:
                table = _read(read, kind, session, region, today, tell)
                written.append(_write(folder, table, region))
            except PreflightError as error:
                failures.append(error)
    return Refreshed(written=tuple(written), failures=tuple(failures))


def _silent(_kind: Kind, _region: str, _count: int) -> None:
    """Tell nobody."""


def _read(
    read: _Reader, kind: Kind, session: Session, region: str, today: date, tell: _Tell
) -> Table:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

    if not REGION.fullmatch(region):
        raise PreflightError(f"`{region}` is no AWS region")
    what = f"cannot read {kind} of {region} from AWS"
    try:
        table = read(session, region, today, tell)
    except (BotoCoreError, ClientError) as error:
        raise PreflightError(
            what,
            cause=str(error),
            hint=f"check the network, the credentials and the permission {_PERMISSIONS[kind]}; "
            "until then what is known stays in use",
        ) from error
    except (KeyError, ValueError, StopIteration) as error:
        raise PreflightError(
            what,
            cause=f"the answer is not as expected: {error!r}",
            hint="what is known stays in use; a newer jhub may read it",
        ) from error
    if not table.lines:
        raise PreflightError(
            what,
            cause="AWS answered that there are none",
            hint="check that the region is spelt right and enabled for the account",
        )
    return table


def _types(session: Session, region: str, today: date, tell: _Tell) -> Table:
    source = Source(f"EC2 DescribeInstanceTypes in {region}", "", today, is_refreshed=True)
    client = session.client("ec2", region_name=region)
    answers = _items(client, "describe_instance_types", "InstanceTypes", {}, tell)
    types = (instance_type(answer, source) for answer in answers)
    return types_table((each for each in types if each), source)


def _offers(session: Session, region: str, today: date, tell: _Tell) -> Table:
    source = Source(f"EC2 DescribeInstanceTypeOfferings in {region}", "", today, is_refreshed=True)
    client = session.client("ec2", region_name=region)
    arguments = {"LocationType": "availability-zone-id"}
    operation = "describe_instance_type_offerings"
    answers = _items(client, operation, "InstanceTypeOfferings", arguments, tell)
    return offers_table(region, zones_by_type(answers), source)


def _prices(session: Session, region: str, today: date, tell: _Tell) -> Table:
    if region.startswith("us-gov-"):
        raise PreflightError(
            f"cannot read prices of {region} from AWS",
            cause="the price API does not know GovCloud",
            hint="prices that came with this release stay in use",
        )
    where = next(
        (place for begin, place in _PRICE_API_REGIONS.items() if region.startswith(begin)),
        _PRICE_API_REGION,
    )
    client = session.client("pricing", region_name=where)
    found: dict[str, Decimal] = {}
    for product in _PRODUCTS:
        fields = {"regionCode": region, **_PRODUCT, **product}
        filters = [
            {"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in fields.items()
        ]
        arguments = {"ServiceCode": "AmazonEC2", "Filters": filters}
        for document in _items(client, "get_products", "PriceList", arguments, tell):
            if priced := price(document, currency_of(region)):
                name, amount = priced
                found[name] = max(amount, found.get(name, amount))
    source = Source(f"AWS price list of {region}", "", today, is_refreshed=True)
    return prices_table(region, found, source)


def _items(
    client: Any,
    operation: str,
    key: str,
    arguments: Mapping[str, Any],
    tell: _Tell,
) -> Iterator[Any]:
    """Yield every item of all pages."""
    count = 0
    for page in client.get_paginator(operation).paginate(**arguments):
        items = page.get(key) or []
        yield from items
        count += len(items)
        tell(count)


def _write(folder: Path, table: Table, region: str) -> Path:
    path = path_of(folder, table.kind, region)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, table.text().encode())
    except OSError as error:
        raise PreflightError(
            f"cannot write {path}",
            cause=error.strerror or str(error),
            hint="make room, correct the permissions, or name another folder in JHUB_CACHE_DIR",
        ) from error
    return path


_READERS: Final[Mapping[Kind, _Reader]] = {"types": _types, "offers": _offers, "prices": _prices}
_PERMISSIONS: Final[Mapping[Kind, str]] = {
    "types": "ec2:DescribeInstanceTypes",
    "offers": "ec2:DescribeInstanceTypeOfferings",
    "prices": "pricing:GetProducts",
}
