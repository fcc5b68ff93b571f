"""What AWS answers about prices of services, as a file that is read."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from jupyterhub_eks.costs.prices import Prices
from jupyterhub_eks.costs.refresh import refresh_prices
from jupyterhub_eks.costs.services import SERVICES
from jupyterhub_eks.instances.catalog import Catalog
from tests.support.prices import price_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TODAY = date(2026, 11, 21)


def product(usage: str, *amounts: str, **attributes: str) -> str:
    """Return an item of the price list, with tiers."""
    dimensions = {
        f"d{index}": {"pricePerUnit": {"USD": amount}} for index, amount in enumerate(amounts)
    }
    return json.dumps(
        {
            "product": {"attributes": {"usagetype": usage, **attributes}},
            "terms": {"OnDemand": {"t": {"priceDimensions": dimensions}}},
        }
    )


class PriceApi:
    """Stands for sessions, clients and paginators of the price API."""

    def __init__(self, products: dict[str, list[str]], refuse: str = "") -> None:
        self.products = products
        self.refuse = refuse
        self.asked: list[tuple[str, dict[str, str]]] = []

    def client(self, service_name: str, *, region_name: str) -> PriceApi:
        """Return itself, if it is the price API."""
        assert (service_name, region_name) == ("pricing", "eu-central-1")
        return self

    def get_paginator(self, operation: str) -> PriceApi:
        """Return itself, if products are asked for."""
        assert (
            operation in boto3.client("pricing", region_name="us-east-1").meta.method_to_api_mapping
        )
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Yield two pages: the first half and the rest."""
        code = arguments["ServiceCode"]
        self.asked.append((code, {e["Field"]: e["Value"] for e in arguments["Filters"]}))
        if code == self.refuse:
            answer = {"Error": {"Code": "AccessDeniedException", "Message": "not you"}}
            raise ClientError(answer, "GetProducts")
        found = self.products.get(code, [])
        yield {"PriceList": found[:1]}
        yield {"PriceList": found[1:]}


def all_products() -> dict[str, list[str]]:
    """Return a product for each service, each with a price of its own."""
    found: dict[str, list[str]] = {}
    for index, service in enumerate(SERVICES.values()):
        attributes = {**service.fields, **service.also}
        item = product(f"EU-{service.usage}", f"0.{index + 1:03}", **attributes)
        found.setdefault(service.code, []).append(item)
    return found


def test_every_service_is_found(tmp_path: Path) -> None:
    """What AWS answers is what is read, and it is the region's own."""
    price_table(tmp_path / "packaged")
    found = all_products()
    # One question is answered with products of both kinds of load balancers.
    api = PriceApi({**found, "AWSELB": []})
    refresh_prices(api, "eu-west-1", folder=tmp_path / "cache", today=TODAY)

    prices = Prices("eu-west-1", Catalog(tmp_path / "packaged"), tmp_path, tmp_path / "cache")
    for index, (name, service) in enumerate(SERVICES.items()):
        price = prices.service(name)
        if service.code == "AWSELB":
            assert price is None
            continue
        assert price, name
        assert (price.amount, price.stands_in) == (Decimal(f"0.{index + 1:03}"), False)
        assert price.source.is_refreshed
    assert all(fields["regionCode"] == "eu-west-1" for _, fields in api.asked)


def test_products_that_are_something_else(tmp_path: Path) -> None:
    """Neither a regional gateway nor a trust store is what is made; of tiers the first counts."""
    price_table(tmp_path / "packaged")
    products = {
        "AmazonEC2": [
            product("EU-RegionalNatGateway-Hours", "9"),
            product("EU-NatGateway-Hours", "0", "0.048", "0.04"),
        ],
        "AWSELB": [product("TS-LoadBalancerUsage", "9"), product("LoadBalancerUsage", "0.025")],
        "AmazonEFS": [
            product("EU-ETDataAccess-Bytes", "0.07", accessType="Write"),
            product("EU-ETDataAccess-Bytes", "0.035", accessType="Read"),
        ],
    }
    refresh_prices(PriceApi(products), "eu-west-1", folder=tmp_path / "cache", today=TODAY)
    prices = Prices("eu-west-1", Catalog(tmp_path / "packaged"), tmp_path, tmp_path / "cache")

    found = {name: price.amount for name in SERVICES if (price := prices.service(name))}
    assert found == {
        "nat": Decimal("0.048"),
        "nlb": Decimal("0.025"),
        "alb": Decimal("0.025"),
        "efs-read": Decimal("0.035"),
        "efs-write": Decimal("0.07"),
    }


def test_refused(tmp_path: Path) -> None:
    """The permission that is missing is named, and nothing is written over."""
    report = refresh_prices(
        PriceApi({}, refuse="AmazonEKS"), "eu-west-1", folder=tmp_path, today=TODAY
    )

    assert report.written == ()
    services = report.failures[-1]
    assert services.message == "cannot read services of eu-west-1 from AWS"
    assert "not you" in services.cause
    assert "pricing:GetProducts" in services.hint
    assert not (tmp_path / "services").exists()


def test_an_answer_that_is_no_answer(tmp_path: Path) -> None:
    """A document of another form is an error that says so, not a traceback."""
    api = PriceApi({"AmazonEKS": ['{"product": {}}']})
    report = refresh_prices(api, "eu-west-1", folder=tmp_path, today=TODAY)

    assert "the answer is not as expected" in report.failures[-1].cause


@pytest.mark.parametrize("region", ["us-gov-west-1"])
def test_regions_that_the_price_api_does_not_know(tmp_path: Path, region: str) -> None:
    """Nothing is asked, and the reason is told."""
    api = PriceApi({})
    report = refresh_prices(api, region, folder=tmp_path, today=TODAY)

    assert {error.cause for error in report.failures} == {"the price API does not know GovCloud"}
    assert api.asked == []
