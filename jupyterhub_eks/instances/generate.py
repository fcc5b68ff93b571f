"""Make ``data/`` from tables of facts: ``python -m jupyterhub_eks.instances.generate FOLDER``.

``FOLDER`` has ``instance_types.csv`` and ``instance_types_not_on_page.csv``,
``on_demand_prices.csv`` and ``region_instance_types.csv``. The same tables give the same files,
to the byte. With other tables, change what is said of them here first.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from jupyterhub_eks.instances.model import Arch, InstanceType, Source
from jupyterhub_eks.instances.offer_rows import offers_table
from jupyterhub_eks.instances.price_rows import prices_table
from jupyterhub_eks.instances.tables import path_of
from jupyterhub_eks.instances.type_rows import types_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.instances.tables import Table

DATA: Final = Path(__file__).with_name("data")

_KARPENTER_TYPES: Final = Source(
    "Karpenter, reference page on instance types", "1.14.1", date(2026, 8, 21)
)
_MOTO_TYPES: Final = Source(
    "answers of AWS EC2 (pods per node computed), published with moto",
    "5.2.5",
    date(2026, 10, 27),
)
_OFFERS: Final = Source("answers of AWS EC2, published with moto", "5.2.5", date(2026, 10, 27))
_KARPENTER_PRICES: Final = "Karpenter, built-in price tables"
_KARPENTER_MAIN: Final = "1d927085"
_PRICE_DATES: Final = {
    "us-east-1": date(2026, 7, 20),
    "us-gov-east-1": date(2026, 7, 20),
    "us-gov-west-1": date(2026, 7, 20),
    "cn-north-1": date(2024, 11, 6),
}


def tables(folder: Path) -> Iterator[tuple[str, Table]]:
    """Yield each file of ``data/`` by the name it has in the folder of its kind.

    Raises:
        OSError: A table cannot be read.
        KeyError: A table has not the expected columns, or a region without a known date.
    """
    for name, table, source in (
        ("karpenter", "instance_types.csv", _KARPENTER_TYPES),
        ("moto", "instance_types_not_on_page.csv", _MOTO_TYPES),
    ):
        types = [_type(row, source) for row in _rows(folder / table)]
        yield name, types_table(types, source)
    for region, rows in _by_region(_rows(folder / "region_instance_types.csv")):
        zones = {row["instance_type"]: tuple(row["zone_ids"].split()) for row in rows}
        yield region, offers_table(region, zones, _OFFERS)
    for region, rows in _by_region(_rows(folder / "on_demand_prices.csv")):
        prices = {
            row["instance_type"]: Decimal(row["usd_per_hour"] or row["cny_per_hour"])
            for row in rows
        }
        source = Source(_KARPENTER_PRICES, _KARPENTER_MAIN, _PRICE_DATES[region])
        yield region, prices_table(region, prices, source)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_region(
    rows: Sequence[Mapping[str, str]],
) -> Iterator[tuple[str, list[Mapping[str, str]]]]:
    for region in sorted({row["region"] for row in rows}):
        yield region, [row for row in rows if row["region"] == region]


def _type(row: Mapping[str, str], source: Source) -> InstanceType:
    return InstanceType(
        name=row["instance_type"],
        arch=cast("Arch", row["arch"]),
        cpu_manufacturer=row["cpu_manufacturer"],
        vcpu=int(row["vcpu"]),
        memory_mib=int(row["memory_mib"]),
        pods=int(row["pods"]),
        hypervisor=row["hypervisor"],
        network_mbps=_number(row["network_mbps"]),
        ebs_mbps=_number(row["ebs_mbps"]),
        nvme_gb=_number(row["local_nvme_gib"]) or 0,
        efa=_number(row["efa"]) or 0,
        gpu_manufacturer=row["gpu_manufacturer"],
        gpu_name=row["gpu_name"],
        gpu_count=_number(row["gpu_count"]) or 0,
        gpu_memory_mib=_number(row["gpu_memory_mib"]) or 0,
        accelerator_manufacturer=row["accelerator_manufacturer"],
        accelerator_name=row["accelerator_name"],
        accelerator_count=_number(row["accelerator_count"]) or 0,
        neuron_devices=_number(row["neuron_devices"]) or 0,
        neuron_cores=_number(row["neuron_cores"]) or 0,
        source=source,
    )


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


def main(arguments: Sequence[str]) -> None:
    """Write ``data/`` from the folder that is given, and say what was written."""
    if len(arguments) != 1:
        sys.exit("usage: python -m jupyterhub_eks.instances.generate FOLDER")
    for name, table in tables(Path(arguments[0])):
        path = path_of(DATA, table.kind, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(table.text(), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(DATA)}: {len(table.lines)} rows\n")


if __name__ == "__main__":
    main(sys.argv[1:])
