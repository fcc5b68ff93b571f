"""What is known of EC2 instance types, from this release and from what ``refresh`` asked AWS for.

Of two files about the same, the newer one counts, and the other where that says nothing. Nothing
is read before it is asked for, and then once. A file of the cache that cannot be used is left
aside, with a note; a damaged file of this release is an error.
"""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.model import Price
from jupyterhub_eks.instances.names import REGION, by_family, nearest, type_key
from jupyterhub_eks.instances.offer_rows import read_offers
from jupyterhub_eks.instances.price_rows import currency_of, read_prices
from jupyterhub_eks.instances.tables import TableError, path_of, read_table
from jupyterhub_eks.instances.type_rows import read_types
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.instances.model import InstanceType, Offers, Source
    from jupyterhub_eks.instances.price_rows import PriceList
    from jupyterhub_eks.instances.tables import Kind, Table

DATA: Final = Path(__file__).with_name("data")
# Types that exist and of which no more is known; see its head.
OTHER_NAMES: Final = "other_names.txt"
# Its prices stand in for those of a region without.
MODEL_REGION: Final = "us-east-1"

_Read = TypeVar("_Read")


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
        self._refreshed = refreshed
        self._offers: dict[str, Offers | None] = {}
        self._prices: dict[str, list[PriceList]] = {}
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """Files of the cache that could not be used, as far as they were looked for."""
        return tuple(self._notes)

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
            found = self._newest_first("offers", region, read_offers)
            self._offers[region] = found[0] if found else None
        return self._offers[region]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Regions about whose offers there are data, in alphabetical order."""
        folders = [folder for folder in (self._packaged, self._refreshed) if folder]
        found = {path.stem for folder in folders for path in _files(folder, "offers")}
        return tuple(sorted(name for name in found if REGION.fullmatch(name)))

    def price(self, region: str, name: str) -> Price | None:
        """Return the price of a type in a region; None: no price is known.

        Where the region's own is not known it is that of us-east-1 (``Price.stands_in``): a
        rough guide. China has another currency, so nothing stands in for prices there.
        """
        regions = [region]
        if currency_of(region) == currency_of(MODEL_REGION) and region != MODEL_REGION:
            regions.append(MODEL_REGION)
        for each in regions:
            for prices in self._price_lists(each):
                if name in prices.by_type:
                    return Price(
                        per_hour=prices.by_type[name],
                        currency=prices.currency,
                        region=each,
                        asked_region=region,
                        source=prices.source,
                    )
        return None

    def _price_lists(self, region: str) -> list[PriceList]:
        if region not in self._prices:
            self._prices[region] = self._newest_first("prices", region, read_prices)
        return self._prices[region]

    @cached_property
    def _types(self) -> Mapping[str, InstanceType]:
        files = [
            *_files(self._packaged, "types"),
            *(_files(self._refreshed, "types") if self._refreshed else ()),
        ]
        tables = [self._read(path, "types", _types_with_source) for path in files]
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

    def _newest_first(
        self, kind: Kind, region: str, parse: Callable[[Table], _Read]
    ) -> list[_Read]:
        if not REGION.fullmatch(region):
            return []
        folders = [folder for folder in (self._refreshed, self._packaged) if folder]
        paths = [path_of(folder, kind, region) for folder in folders]
        found = [
            self._read(path, kind, lambda table: (table.source, parse(_of(table, region))))
            for path in paths
            if path.is_file()
        ]
        # The cache stands first, and the order of equals is kept: of one day it is preferred.
        dated = [each for each in found if each]
        dated.sort(key=lambda each: each[0].date, reverse=True)
        return [each for _, each in dated]

    def _read(self, path: Path, kind: Kind, parse: Callable[[Table], _Read]) -> _Read | None:
        """Return a file's content; None, with a note: it is in the cache and not usable."""
        is_refreshed = self._refreshed is not None and path.is_relative_to(self._refreshed)
        try:
            return parse(read_table(path, kind, is_refreshed=is_refreshed))
        except (OSError, TableError) as error:
            if not is_refreshed:
                raise ToolError(
                    f"cannot read {path}, which came with jhub",
                    cause=str(error),
                    hint="install jhub again",
                ) from error
            self._notes.append(
                f"{path} is not used, ask AWS again for {kind} of {path.stem}: {error}"
            )
            return None


def _files(folder: Path, kind: Kind) -> list[Path]:
    return sorted((folder / kind).glob("[!.]*.txt"))


def _types_with_source(table: Table) -> tuple[Source, dict[str, InstanceType]]:
    return table.source, read_types(table)


def _of(table: Table, region: str) -> Table:
    if table.more.get("region") != region:
        raise TableError(f"is about `{table.more.get('region', '')}`, not {region}")
    return table
