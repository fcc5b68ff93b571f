"""Small catalogs of instance types, in folders of a test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.instances.catalog import OTHER_NAMES
from jupyterhub_eks.instances.model import InstanceType, Source
from jupyterhub_eks.instances.offer_rows import offers_table
from jupyterhub_eks.instances.price_rows import prices_table
from jupyterhub_eks.instances.tables import Table, path_of
from jupyterhub_eks.instances.type_rows import types_table
from tests.support.pools import DATA, ROOT

if TYPE_CHECKING:
    from pathlib import Path


def source(day: str = "2026-08-21", name: str = "a test") -> Source:
    """Return a source of a day."""
    return Source(name, "1", date.fromisoformat(day))


def machine(name: str = "m7i.xlarge", **more: Any) -> InstanceType:
    """Return a type with 4 vCPUs and 16 GiB, unless told otherwise."""
    values: dict[str, Any] = {
        "name": name,
        "arch": "amd64",
        "cpu_manufacturer": "intel",
        "vcpu": 4,
        "memory_mib": 16384,
        "pods": 58,
        "hypervisor": "nitro",
        "source": source(),
    }
    return InstanceType(**values | more)


def put(folder: Path, table: Table, name: str) -> Path:
    """Write a file of a catalog."""
    path = path_of(folder, table.kind, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table.text(), encoding="utf-8")
    return path


def small_catalog(folder: Path) -> Path:
    """Write a packaged catalog: three types, offers of one region, prices of us-east-1."""
    folder.mkdir(parents=True, exist_ok=True)
    types = [
        machine("m7i.2xlarge", vcpu=8, memory_mib=32768),
        machine("m7i.xlarge"),
        machine("g6.xlarge", gpu_manufacturer="nvidia", gpu_name="l4", gpu_count=1),
    ]
    put(folder, types_table(types, source()), "karpenter")
    put(folder, offers("eu-west-1", {"m7i.xlarge": ("euw1-az1", "euw1-az2")}), "eu-west-1")
    put(folder, prices("us-east-1", {"m7i.xlarge": "0.2016", "g6.xlarge": "0.8048"}), "us-east-1")
    (folder / OTHER_NAMES).write_text("# heard of\ni3 metal\n", encoding="utf-8")
    return folder


def offers(region: str, by_type: dict[str, tuple[str, ...]], day: str = "2026-10-27") -> Table:
    """Return a file of offers."""
    return offers_table(region, by_type, source(day))


def prices(region: str, by_type: dict[str, str], day: str = "2026-07-20") -> Table:
    """Return a file of prices."""
    amounts = {name: Decimal(amount) for name, amount in by_type.items()}
    return prices_table(region, amounts, source(day))


def fact_tables() -> Path:
    """Return the folder of the CSV tables; skip where they are not beside the project."""
    if not (DATA / "region_instance_types.csv").is_file():
        pytest.skip(f"the tables of EC2 types are not at {DATA.relative_to(ROOT.parent)}")
    return DATA
