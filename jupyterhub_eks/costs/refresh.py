"""Ask AWS what its services cost in a region, and keep it beside the facts about machines.

Permission: ``pricing:GetProducts``.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.costs.service_rows import services_table
from jupyterhub_eks.costs.services import SERVICES
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.instances import refusals
from jupyterhub_eks.instances.asking import ask, keep, price_client, products
from jupyterhub_eks.instances.model import Source
from jupyterhub_eks.instances.price_rows import currency_of
from jupyterhub_eks.instances.refresh import Refreshed, Written, refresh

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from jupyterhub_eks.costs.services import Service
    from jupyterhub_eks.instances.asking import Session, Tell
    from jupyterhub_eks.instances.model import Currency
    from jupyterhub_eks.instances.refresh import Progress
    from jupyterhub_eks.instances.tables import Kind, Table

_PERMISSION: Final = "pricing:GetProducts"
# `USW2-`, `EU-`, `APN1-`, `UGW1-`; usage types of us-east-1 often have none.
_REGION_PREFIX: Final = re.compile(r"^(?:EU|[A-Z]{2,4}\d)-")


def refresh_prices(
    session: Session, region: str, *, folder: Path, today: date, progress: Progress | None = None
) -> Refreshed:
    """Read the prices of machines and services of a region from AWS into ``folder``.

    Args:
        session: Makes the clients.
        region: AWS region.
        folder: Folder of the cache, see ``catalog.cache_folder``; made if it is missing.
        today: The day that the files bear.
        progress: Called after each page.
    """
    machines = refresh(
        session, [region], folder=folder, today=today, progress=progress, kinds=("prices",)
    )
    if any(refusals.ends_all(each.__cause__) for each in machines.failures):
        return machines
    tell: Tell = _silent if progress is None else _teller(progress, region)
    kind: Kind = "services"
    try:
        table = ask(_services, kind, _PERMISSION, session, region, today, tell)
        path = keep(folder, table, region)
    except PreflightError as error:
        return Refreshed(files=machines.files, failures=(*machines.failures, error))
    services = Written(kind=kind, region=region, path=path, types=len(table.lines))
    return Refreshed(files=(*machines.files, services), failures=machines.failures)


def _silent(_count: int) -> None:
    """Tell nobody."""


def _teller(progress: Progress, region: str) -> Tell:
    return lambda count: progress("services", region, count)


def _services(session: Session, region: str, today: date, tell: Tell) -> Table:
    client = price_client(session, region, "services")
    currency = currency_of(region)
    # Several services are products of one question.
    asked: dict[tuple[str, tuple[tuple[str, str], ...]], list[Mapping[str, Any]]] = {}
    found: dict[str, Decimal] = {}
    for name, service in SERVICES.items():
        question = (service.code, tuple(service.fields.items()))
        if question not in asked:
            fields = {"regionCode": region, **service.fields}
            documents = products(client, service.code, fields, tell)
            asked[question] = [json.loads(each) for each in documents]
        amounts = list(_amounts(asked[question], service, currency))
        if amounts:
            found[name] = max(amounts)
    source = Source(f"AWS price list of {region}", "", today, is_refreshed=True)
    return services_table(region, found, source)


def _amounts(
    items: list[Mapping[str, Any]], service: Service, currency: Currency
) -> Iterator[Decimal]:
    """Yield the prices of a service; of tiers each one."""
    for item in items:
        attributes = item["product"]["attributes"]
        usage = _REGION_PREFIX.sub("", attributes.get("usagetype", ""), count=1)
        is_it = all(attributes.get(key) == value for key, value in service.also.items())
        if usage != service.usage or not is_it:
            continue
        for term in item.get("terms", {}).get("OnDemand", {}).values():
            for dimension in term.get("priceDimensions", {}).values():
                amount = _amount(dimension.get("pricePerUnit", {}).get(currency, "0"))
                if amount > 0:
                    yield amount


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
