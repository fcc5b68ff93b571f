"""Price lists with round figures, and a catalog of few machines, in folders of a test."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from jupyterhub_eks.costs.prices import Prices
from jupyterhub_eks.costs.service_rows import services_table
from jupyterhub_eks.instances.catalog import OTHER_NAMES, Catalog
from jupyterhub_eks.instances.type_rows import types_table
from tests.support.instances import machine, prices, put, source

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.instances.model import InstanceType

# By the hour these are 10 times a round figure a month, as a month has 730 hours.
SERVICES = {
    "alb": "0.03",
    "alb-unit": "0.01",
    "backup": "0.05",
    "cognito": "0.01",
    "efs": "0.3",
    "efs-infrequent": "0.02",
    "efs-read": "0.03",
    "efs-write": "0.06",
    "eks": "0.1",
    "eks-extended": "0.5",
    "endpoint": "0.01",
    "endpoint-traffic": "0.01",
    "gp3": "0.073",
    "ipv4": "0.01",
    "logs": "0.5",
    "nat": "0.05",
    "nat-traffic": "0.04",
    "nlb": "0.02",
    "nlb-unit": "0.006",
}
MACHINES = (
    machine("m7i.large", vcpu=2, memory_mib=8192, pods=29),
    machine("m7i.xlarge"),
    machine("m7i.2xlarge", vcpu=8, memory_mib=32768),
    machine(
        "g6.xlarge",
        gpu_manufacturer="nvidia",
        gpu_name="l4",
        gpu_count=1,
        gpu_memory_mib=22888,
    ),
)
HOURLY = {"m7i.large": "0.1", "m7i.xlarge": "0.2", "m7i.2xlarge": "0.4", "g6.xlarge": "0.8"}


def write_services(folder: Path, region: str, amounts: dict[str, str], day: str) -> Path:
    """Write a price list of services."""
    table = services_table(
        region, {name: Decimal(amount) for name, amount in amounts.items()}, source(day)
    )
    return put(folder, table, region)


def price_table(
    folder: Path,
    *,
    region: str = "us-east-1",
    machines: tuple[InstanceType, ...] = MACHINES,
    hourly: dict[str, str] | None = None,
    services: dict[str, str] | None = None,
) -> Prices:
    """Return prices with round figures; those of us-east-1, whatever the region."""
    folder.mkdir(parents=True, exist_ok=True)
    put(folder, types_table(machines, source()), "karpenter")
    put(folder, prices("us-east-1", HOURLY if hourly is None else hourly), "us-east-1")
    (folder / OTHER_NAMES).write_text("# heard of\n", encoding="utf-8")
    write_services(folder, "us-east-1", SERVICES if services is None else services, "2026-07-20")
    return Prices(region, Catalog(folder), folder)
