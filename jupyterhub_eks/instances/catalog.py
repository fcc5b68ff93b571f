"""What is known of EC2 instance types, from this release and from what ``refresh`` asked AWS for.

Nothing is read before it is asked for, and then once; which file counts is said in ``stored``.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.instances.model import Price
from jupyterhub_eks.instances.names import REGION, by_family, nearest, type_key
from jupyterhub_eks.instances.offer_rows import read_offers
from jupyterhub_eks.instances.stored import PriceLists, Stored
from jupyterhub_eks.instances.type_rows import read_types
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.instances.model import InstanceType, Offers, Source
    from jupyterhub_eks.instances.tables import Table

DATA: Final = Path(__file__).with_name("data")
# Types that exist and of which no more is known; see its head.
OTHER_NAMES: Final = "other_names.txt"


def cache_folder() -> Path:
    """Return where ``refresh`` keeps what AWS answered."""
    return cache_dir() / "instances"


@cache
def catalog() -> Catalog:
    """Return the catalog of this release and of the user's cache."""
    return Catalog(DATA, cache_folder())


class Catalog:
    """Facts about instance types.

    Args:
        packaged: Files that came with this release.
        refreshed: Files that ``refresh`` wrote; may be missing.
    """

    def __init__(self, packaged: Path, refreshed: Path | None = None) -> None:
        self._packaged = packaged
        self._stored = Stored(
            packaged, refreshed, lambda kind, name: f"ask AWS again for {kind} of {name}"
        )
        self._prices = PriceLists(self._stored, "prices")
        self._offers: dict[str, Offers | None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Files of the cache that could not be used, as far as they were looked for."""
        return tuple(self._stored.notes)

    def find(self, name: str) -> InstanceType | None:
        """Return a type; None: nothing is known of it, though it may exist."""
        return self._types.get(name)

    def of_family(self, family: str) -> tuple[InstanceType, ...]:
        """Return the types of a family, from the smallest to the largest; empty: none known."""
        return self._families.get(family, ())

    def named(self, name: str) -> tuple[InstanceType, ...]:
        """Return the types of a family, or the one of a type's name; empty: none known."""
        if "." not in name:
            return self.of_family(name)
        machine = self.find(name)
        return (machine,) if machine else ()

    def names(self) -> tuple[str, ...]:
        """Return every type that ``find`` has, by family and size."""
        return tuple(self._types)

    @cached_property
    def sizes(self) -> Mapping[str, tuple[str, ...]]:
        """Sizes of each family that exists, also of types of which no more is known."""
        return by_family([*self._types, *self._other_names()])

    def did_you_mean(self, name: str) -> str | None:
        """Return the family or type that was probably meant by one that does not exist."""
        return nearest(name, self.sizes)

    def offered(self, region: str) -> Offers | None:
        """Return what a region offers; None: there are no data about this region."""
        if region not in self._offers:
            found = self._stored.newest_first("offers", region, read_offers)
            self._offers[region] = found[0] if found else None
        return self._offers[region]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Regions about whose offers there are data, in alphabetical order."""
        found = {path.stem for path in self._stored.files("offers")}
        return tuple(sorted(name for name in found if REGION.fullmatch(name)))

    def price(self, region: str, name: str) -> Price | None:
        """Return the price of a type in a region; None: no price is known.

        Where the region's own is not known it is that of us-east-1 (``Price.stands_in``): a
        rough guide. China has another currency, so nothing stands in for prices there.
        """
        found = self._prices.with_price(region, name)
        if found is None:
            return None
        return Price(
            per_hour=found.by_type[name],
            currency=found.currency,
            region=found.region,
            asked_region=region,
            source=found.source,
        )

    @cached_property
    def _types(self) -> Mapping[str, InstanceType]:
        files = self._stored.files("types")
        tables = [self._stored.read(path, "types", _types_with_source) for path in files]
        oldest_first = sorted(
            (each for each in tables if each), key=lambda each: (each[0].date, each[0].is_refreshed)
        )
        merged: dict[str, InstanceType] = {}
        for _, types in oldest_first:
            merged |= types
        return {name: merged[name] for name in sorted(merged, key=type_key)}

    @cached_property
    def _families(self) -> Mapping[str, tuple[InstanceType, ...]]:
        found: dict[str, list[InstanceType]] = {}
        for each in self._types.values():
            found.setdefault(each.family, []).append(each)
        return {
            family: tuple(sorted(types, key=lambda each: (each.vcpu, each.memory_mib)))
            for family, types in found.items()
        }

    def _other_names(self) -> Iterator[str]:
        text = (self._packaged / OTHER_NAMES).read_text(encoding="utf-8")
        for line in text.splitlines():
            if not line.startswith("#"):
                family, *sizes = line.split()
                yield from (f"{family}.{size}" for size in sizes)


def _types_with_source(table: Table) -> tuple[Source, dict[str, InstanceType]]:
    return table.source, read_types(table)
