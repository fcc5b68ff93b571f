"""Files of facts, of this release and of the user's cache, and which of them count.

Of two files about the same, the newer one counts, and the other where that says nothing. A file
of the cache that cannot be used is left aside, with a note; a damaged file of this release is an
error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.names import REGION
from jupyterhub_eks.instances.price_rows import currency_of, read_prices
from jupyterhub_eks.instances.tables import TableError, path_of, read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.instances.price_rows import PriceList
    from jupyterhub_eks.instances.tables import Kind, Table

# Its prices stand in for those of a region without.
MODEL_REGION: Final = "us-east-1"

_Read = TypeVar("_Read")


class Stored:
    """The files of two folders.

    Args:
        packaged: Files that came with this release.
        refreshed: Files that were asked of AWS; may be missing.
        again: Returns, for a kind and a name, what to do about a file that cannot be used.

    Attributes:
        notes: Files of the cache that could not be used, as far as they were looked for.
    """

    def __init__(
        self, packaged: Path, refreshed: Path | None, again: Callable[[Kind, str], str]
    ) -> None:
        self._packaged = packaged
        self._refreshed = refreshed
        self._again = again
        self.notes: list[str] = []

    def files(self, kind: Kind) -> list[Path]:
        """Return all files of a kind, those of this release first."""
        folders = [folder for folder in (self._packaged, self._refreshed) if folder]
        return [path for each in folders for path in self._listed(each / kind)]

    def _listed(self, folder: Path) -> list[Path]:
        try:
            return sorted(path for path in folder.iterdir() if _is_named(path))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:  # e.g. a cache of another user
            if self._is_refreshed(folder):
                self.notes.append(f"{folder} is not used: {error.strerror}")
                return []
            raise _damaged(folder, error) from error

    def newest_first(self, kind: Kind, region: str, parse: Callable[[Table], _Read]) -> list[_Read]:
        """Return what the files about a region say."""
        if not REGION.fullmatch(region):
            return []
        folders = [folder for folder in (self._refreshed, self._packaged) if folder]
        paths = [path_of(folder, kind, region) for folder in folders]
        found = [
            self.read(path, kind, lambda table: (table.source, parse(_of(table, region))))
            for path in paths
            if _is_there(path)
        ]
        # The cache stands first, and the order of equals is kept: of one day it is preferred.
        dated = [each for each in found if each]
        dated.sort(key=lambda each: each[0].date, reverse=True)
        return [each for _, each in dated]

    def read(self, path: Path, kind: Kind, parse: Callable[[Table], _Read]) -> _Read | None:
        """Return a file's content; None, with a note: it is in the cache and not usable."""
        is_refreshed = self._is_refreshed(path)
        try:
            return parse(read_table(path, kind, is_refreshed=is_refreshed))
        except (OSError, TableError) as error:
            if not is_refreshed:
                raise _damaged(path, error) from error
            self.notes.append(f"{path} is not used, {self._again(kind, path.stem)}: {error}")
            return None

    def _is_refreshed(self, path: Path) -> bool:
        return self._refreshed is not None and path.is_relative_to(self._refreshed)


class PriceLists:
    """Prices of one kind in any region, each list read once.

    Args:
        stored: Where the lists are.
        kind: What they are about.
    """

    def __init__(self, stored: Stored, kind: Kind) -> None:
        self._stored = stored
        self._kind = kind
        self._known: dict[str, list[PriceList]] = {}

    def with_price(self, region: str, name: str) -> PriceList | None:
        """Return the list that says what something costs in a region; None: no price is known.

        Where the region's own is not known it is that of us-east-1: a rough guide. China has
        another currency, so nothing stands in for prices there.
        """
        regions = [region]
        if currency_of(region) == currency_of(MODEL_REGION) and region != MODEL_REGION:
            regions.append(MODEL_REGION)
        lists = (each for where in regions for each in self._lists(where))
        return next((each for each in lists if name in each.by_type), None)

    def _lists(self, region: str) -> list[PriceList]:
        if region not in self._known:
            self._known[region] = self._stored.newest_first(self._kind, region, read_prices)
        return self._known[region]


def _is_named(path: Path) -> bool:
    return path.suffix == ".txt" and not path.name.startswith(".")


def _is_there(path: Path) -> bool:
    """Return whether there is something to read; what may not be looked at is told by reading."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _damaged(path: Path, error: Exception) -> ToolError:
    return ToolError(
        f"cannot read {path}, which came with jhub", cause=str(error), hint="install jhub again"
    )


def _of(table: Table, region: str) -> Table:
    if table.more.get("region") != region:
        raise TableError(f"is about `{table.more.get('region', '')}`, not {region}")
    return table
