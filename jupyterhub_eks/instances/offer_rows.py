"""What a region offers, as lines of a file.

Families stand under the zones that have the sizes behind them; ``2x`` is ``2xlarge``::

    [use1-az1 use1-az2]
    g6 x 2x 4x
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.instances.model import Offers
from jupyterhub_eks.instances.names import ZONE_ID, by_family
from jupyterhub_eks.instances.tables import Table, TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.instances.model import Source


def offers_table(region: str, by_type: Mapping[str, tuple[str, ...]], source: Source) -> Table:
    """Return the file of what ``region`` offers: ids of zones by type."""
    by_zones: dict[tuple[str, ...], list[str]] = {}
    for name, zones in by_type.items():
        by_zones.setdefault(tuple(sorted(set(zones))), []).append(name)
    lines = []
    # Zones that have most come first, so that few changes of offers move a section.
    for zones in sorted(by_zones, key=lambda each: (-len(each), each)):
        lines.append(f"[{' '.join(zones)}]")
        lines += [
            " ".join([family, *(_short(size) for size in sizes)])
            for family, sizes in by_family(by_zones[zones]).items()
        ]
    return Table(kind="offers", source=source, lines=lines, more={"region": region})


def read_offers(table: Table) -> Offers:
    """Return what a file says.

    Raises:
        TableError: A line is damaged.
    """
    region = table.more.get("region", "")
    return Offers(region=region, by_type=dict(_each(table)), source=table.source)


def _each(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    zones: tuple[str, ...] = ()
    for line in table.lines:
        if line.startswith("["):
            zones = tuple(line[1:-1].split(" "))
            if not line.endswith("]") or not all(ZONE_ID.fullmatch(zone) for zone in zones):
                raise TableError(f"`{line[:80]}` is no list of zone ids")
            continue
        family, *sizes = line.split(" ")
        if not zones or not sizes:
            raise TableError(f"`{line[:80]}` is no family with sizes under zones")
        for size in sizes:
            yield f"{family}.{_long(size)}", zones


def _short(size: str) -> str:
    return size.removesuffix("large") if size.endswith("xlarge") else size


def _long(size: str) -> str:
    return f"{size}large" if size.endswith("x") else size
