"""Which files of facts there are, of this release and in the user's cache, and which are used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyterhub_eks.instances.offer_rows import read_offers
from jupyterhub_eks.instances.price_rows import read_prices
from jupyterhub_eks.instances.tables import OF_MACHINES, TableError, read_table
from jupyterhub_eks.instances.type_rows import read_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.instances.model import Source
    from jupyterhub_eks.instances.tables import Kind, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A file of facts.

    Attributes:
        kind: What it is about.
        region: AWS region; empty for types that came with this release, which are of any.
        path: Where it is.
        source: Where its facts are from; None where it cannot be read.
        types: How many types it tells of.
        is_refreshed: Whether it is in the user's cache.
        is_used: Whether it counts. Of types all files do, the newest for what several tell of;
            of prices an older one does where the newest has none.
        problem: Why it cannot be used; empty where it can.
    """

    kind: Kind
    region: str
    path: Path
    source: Source | None
    types: int
    is_refreshed: bool
    is_used: bool
    problem: str = ""


def count_types(table: Table) -> int:
    """Return of how many types, or services, a file tells.

    Raises:
        TableError: A line is damaged.
    """
    if table.kind == "types":
        return len(read_types(table))
    if table.kind == "offers":
        return len(read_offers(table).by_type)
    if table.kind == "prices":
        return len(read_prices(table).by_type)
    return len(table.lines)


def holdings(
    packaged: Path, refreshed: Path, kinds: Sequence[Kind] = OF_MACHINES
) -> tuple[Holding, ...]:
    """Return every file by kind and region, the one that counts first.

    Args:
        packaged: Folder of this release.
        refreshed: Folder of the cache; may be missing.
        kinds: What to look for.
    """
    return tuple(each for kind in kinds for each in _of_kind(kind, packaged, refreshed))


def _of_kind(kind: Kind, packaged: Path, refreshed: Path) -> Iterator[Holding]:
    found = [
        _read(path, kind, is_refreshed=folder == refreshed)
        for folder in (refreshed, packaged)
        for path in sorted((folder / kind).glob("[!.]*.txt"))
    ]
    if kind == "types":
        yield from _newest_first(found)
        return
    for region in sorted({each.region for each in found}):
        ordered = _newest_first([each for each in found if each.region == region])
        yield from _first_counts(ordered) if kind == "offers" else ordered


def _newest_first(found: Iterable[Holding]) -> list[Holding]:
    """Sort as the catalog does: of one day what was refreshed comes first."""
    usable = sorted(
        (each for each in found if each.source),
        key=lambda each: (each.source.date if each.source else None, each.is_refreshed),
        reverse=True,
    )
    return [*usable, *(each for each in found if not each.source)]


def _first_counts(ordered: Sequence[Holding]) -> Iterator[Holding]:
    yield from ordered[:1]
    yield from (replace(each, is_used=False) for each in ordered[1:])


def _read(path: Path, kind: Kind, *, is_refreshed: bool) -> Holding:
    region = "" if kind == "types" and not is_refreshed else path.stem
    source, types, problem = None, 0, ""
    try:
        table = read_table(path, kind, is_refreshed=is_refreshed)
        count = count_types(table)
        if kind != "types" and table.more.get("region") != region:
            raise TableError(f"is about `{table.more.get('region', '')}`, not {region}")  # noqa: TRY301
        source, types = table.source, count
    except (OSError, TableError) as error:
        problem = str(error)
    return Holding(
        kind=kind,
        region=region,
        path=path,
        source=source,
        types=types,
        is_refreshed=is_refreshed,
        is_used=source is not None,
        problem=problem,
    )
