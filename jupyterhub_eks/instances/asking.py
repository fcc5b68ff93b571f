"""How AWS is asked for facts, and how what it answers becomes a file of the user's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.instances import refusals
from jupyterhub_eks.instances.names import REGION
from jupyterhub_eks.instances.tables import path_of
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from jupyterhub_eks.instances.tables import Kind, Table

    # Called with how many items of one list have been read so far.
    Tell = Callable[[int], None]
    Reader = Callable[["Session", str, date, Tell], Table]

# Where the price API is, for regions by the beginning of their names.
_PRICE_API_REGIONS: Final = {"ap-": "ap-south-1", "eu-": "eu-central-1", "cn-": "cn-northwest-1"}
_PRICE_API_REGION: Final = "us-east-1"


class Session(Protocol):
    """What is needed of a ``boto3.Session``."""

    def client(self, service_name: str, *, region_name: str) -> Any:
        """Return a client of a service in a region."""
        ...


def ask(
    read: Reader,
    kind: Kind,
    permission: str,
    session: Session,
    region: str,
    today: date,
    tell: Tell,
) -> Table:
    """Return the table that ``read`` makes of what AWS answers.

    Args:
        read: Asks AWS.
        kind: What is asked for.
        permission: IAM action that it needs.
        session: Makes the clients.
        region: AWS region.
        today: The day that the table bears.
        tell: Called after each page.

    Raises:
        PreflightError: AWS does not answer, refuses, knows nothing, or answers unlike itself.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - slow to load

    if not REGION.fullmatch(region):
        raise PreflightError(f"`{region}` is no AWS region")
    what = f"cannot read {kind} of {region} from AWS"
    try:
        table = read(session, region, today, tell)
    except (BotoCoreError, ClientError) as error:
        raise refusals.explained(what, error, permission) from error
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


def price_client(session: Session, region: str, kind: Kind) -> Any:
    """Return a client of the price API for a region.

    Raises:
        PreflightError: The price API does not know the region.
    """
    if region.startswith("us-gov-"):
        raise PreflightError(
            f"cannot read {kind} of {region} from AWS",
            cause="the price API does not know GovCloud",
            hint="prices that came with this release stay in use",
        )
    where = next(
        (place for begin, place in _PRICE_API_REGIONS.items() if region.startswith(begin)),
        _PRICE_API_REGION,
    )
    return session.client("pricing", region_name=where)


def products(client: Any, service: str, fields: Mapping[str, str], tell: Tell) -> Iterator[str]:
    """Yield the JSON documents of a service's products whose attributes equal ``fields``."""
    filters = [
        {"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in fields.items()
    ]
    arguments = {"ServiceCode": service, "Filters": filters}
    return items(client, "get_products", "PriceList", arguments, tell)


def items(
    client: Any,
    operation: str,
    key: str,
    arguments: Mapping[str, Any],
    tell: Tell,
) -> Iterator[Any]:
    """Yield every item of all pages."""
    count = 0
    for page in client.get_paginator(operation).paginate(**arguments):
        found = page.get(key) or []
        yield from found
        count += len(found)
        tell(count)


def keep(folder: Path, table: Table, region: str) -> Path:
    """Write a table of a region into the cache and return its file.

    Raises:
        PreflightError: It cannot be written.
    """
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
