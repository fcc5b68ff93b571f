"""The idle floor, against totals that were worked out by hand from round prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from jupyterhub_eks.costs.floor import HUB_DISK_GIB, Assumptions, Floor, idle_floor
from jupyterhub_eks.resources import data_root
from tests.support.hub import COGNITO, DOMAIN, deployment
from tests.support.prices import HOURLY, SERVICES, price_table

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 21)


def floor_of(folder: Path, *, today: date = TODAY, **settings: Any) -> Floor:
    """Return the floor of settings as in ``jhub.yaml``."""
    prices = price_table(folder)
    return idle_floor(deployment(region="us-east-1", **settings), prices, today, Assumptions())


def amounts(floor: Floor) -> dict[str, Decimal | None]:
    """Return what each line costs a month."""
    return {line.key: line.monthly for line in floor.lines}


def test_the_default_deployment(tmp_path: Path) -> None:
    """Every line, and their sum: nothing is added that is not shown."""
    floor = floor_of(tmp_path)

    assert amounts(floor) == {
        "eks": Decimal(73),  # 0.1 x 730
        "logs": Decimal(5),  # 10 GB at 0.5
        "system-nodes": Decimal(146),  # 2 x 0.1 x 730
        "system-disks": Decimal("7.3"),  # 2 x 50 GiB at 0.073
        "hub-disk": Decimal("0.073"),
        "nat": Decimal("36.5"),  # 0.05 x 730
        "nat-addresses": Decimal("7.3"),
        "nat-traffic": Decimal("0.8"),  # 20 GB at 0.04
        "efs": Decimal(15),  # 50 GiB at 0.3
        "backup": Decimal("2.5"),
    }
    assert floor.monthly == Decimal("293.473")
    assert floor.hourly * 730 == pytest.approx(floor.monthly)


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        pytest.param({"network": {"nat": "per-zone"}}, "87.6", id="two more gateways"),
        pytest.param(
            {"network": {"interface_endpoints": ["sts", "ecr.api"]}}, "43.8", id="2 x 3 endpoints"
        ),
        pytest.param({"storage": {"backup_days": 0}}, "-2.5", id="no backup"),
        pytest.param({"cluster": {"log_types": []}}, "-5", id="no logs"),
        pytest.param({"cluster": {"log_types": ["audit"]}}, "-1", id="audit only"),
        pytest.param(
            {"cluster": {"system_nodes": {"min": 3, "disk_gib": 100}}}, "87.6", id="3 large nodes"
        ),
        pytest.param(
            {"auth": COGNITO, "access": DOMAIN}, "36.5", id="network balancer with 3 addresses"
        ),
        pytest.param(
            {"auth": COGNITO, "access": {**DOMAIN, "load_balancer": "alb"}}, "43.8", id="alb"
        ),
        pytest.param(
            {"auth": COGNITO, "access": {**DOMAIN, "visibility": "internal"}}, "14.6", id="internal"
        ),
    ],
)
def test_what_a_setting_adds(tmp_path: Path, settings: dict[str, Any], more: str) -> None:
    """A setting adds what the resources cost that it makes, and no more."""
    assert floor_of(tmp_path, **settings).monthly == Decimal("293.473") + Decimal(more)


def test_an_adopted_network(tmp_path: Path) -> None:
    """NAT and endpoints are somebody else's then; an address of the balancer is per subnet."""
    existing = {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
        "public_subnet_ids": ["subnet-0a1b2c4d", "subnet-0a1b2c4e"],
    }
    network = {"existing": existing, "nat": "per-zone", "interface_endpoints": ["sts"]}
    floor = floor_of(tmp_path, network=network, auth=COGNITO, access=DOMAIN)

    found = amounts(floor)
    assert {"nat", "nat-addresses", "nat-traffic", "endpoint"}.isdisjoint(found)
    assert found["load-balancer-addresses"] == Decimal("14.6")


def test_out_of_standard_support(tmp_path: Path) -> None:
    """The day after standard support ends, extended support comes on top, with the reason."""
    cluster = {"version": "1.35"}
    before = floor_of(tmp_path / "a", cluster=cluster, today=date(2027, 3, 27))
    after = floor_of(tmp_path / "b", cluster=cluster, today=date(2027, 3, 28))

    assert "eks-extended" not in amounts(before)
    assert after.monthly - before.monthly == Decimal(365)  # 0.5 x 730
    note = next(line.note for line in after.lines if line.key == "eks-extended")
    assert note == "standard support of 1.35 ended on 2027-03-27"


def test_an_unknown_price_is_no_zero(tmp_path: Path) -> None:
    """What has no price is named, so that a sum is never taken for the whole."""
    services = {name: amount for name, amount in SERVICES.items() if name != "nat"}
    hourly = {name: amount for name, amount in HOURLY.items() if name != "m7i.large"}
    prices = price_table(tmp_path, services=services, hourly=hourly)
    floor = idle_floor(deployment(region="us-east-1"), prices, TODAY, Assumptions())

    assert floor.unpriced == ("system nodes m7i.large", "NAT gateway")
    assert amounts(floor)["nat"] is None
    assert floor.monthly == Decimal("293.473") - Decimal(146) - Decimal("36.5")


def test_files_as_assumed(tmp_path: Path) -> None:
    """More files cost more, and no files nothing."""
    prices = price_table(tmp_path)
    none, some = (
        idle_floor(deployment(), prices, TODAY, Assumptions(storage_gib=Decimal(gib)))
        for gib in (0, 100)
    )

    assert some.monthly - none.monthly == Decimal(35)
    assert "efs" not in amounts(none)


def test_the_hub_has_the_disk_that_is_counted() -> None:
    """The size stands in the values of the chart, and here a second time."""
    values = yaml.safe_load((data_root() / "helm_values/jupyterhub.yaml").read_text())
    assert values["hub"]["db"]["pvc"]["storage"] == f"{HUB_DISK_GIB}Gi"
