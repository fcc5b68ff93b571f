"""Facts about machines as text and as JSON: which files there are, and what a refresh wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.text import Text

from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.instances.price_rows import currency_of
from jupyterhub_eks.instances.stored import MODEL_REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.instances.holdings import Holding
    from jupyterhub_eks.instances.refresh import Refreshed

_HEAD: Final = ("what", "region", "rows", "date", "used", "source")
_NUMBERS: Final = frozenset({2})
_SHIPPED: Final = "of this jhub"


def draw_refreshed(done: Refreshed, folder: Path) -> Iterator[Text]:
    """Yield a line per file that is new."""
    for each in done.files:
        yield Text.assemble(("read ", "green"), f"{each.types:>5} {each.kind:<8}  of {each.region}")
    if done.files:
        yield Text(f"kept in {short_path(str(folder))}; `jhub data show` lists what is used")


def refreshed_document(done: Refreshed, folder: Path) -> dict[str, Any]:
    """Return the same for ``--json``."""
    return {
        "folder": folder,
        "files": done.files,
        "failures": [
            {"message": each.message, "cause": each.cause, "hint": each.hint}
            for each in done.failures
        ],
    }


def draw_holdings(
    every: Sequence[Holding], regions: Sequence[str] | None, width: int, folder: Path
) -> Iterator[Text]:
    """Yield a table of files, or with each source below its line where it is too wide.

    Args:
        every: All files that there are.
        regions: Show those that count for these regions; None: all.
        width: Columns.
        folder: The user's cache.
    """
    shown = [each for each in every if regions is None or _counts(each, regions)]
    rows = [_cells(each) for each in shown]
    widths = [max(map(cell_len, column)) for column in zip(_HEAD, *rows, strict=True)]
    fits = sum(widths) + 2 * (len(widths) - 1) <= width
    columns = len(_HEAD) if fits else len(_HEAD) - 1
    yield _line(_HEAD[:columns], widths, "dim")
    for each, row in zip(shown, rows, strict=True):
        style = "" if each.is_used else "yellow" if each.problem else "dim"
        yield _line(row[:columns], widths, style)
        if not fits:
            yield Text(f"{' ' * (widths[0] + 2)}{row[-1]}", "dim")
    yield Text("")
    for each in shown:
        if each.problem:
            path = short_path(str(each.path))
            yield Text(f"{path} is not used, refresh {each.region}: {each.problem}", "yellow")
    yield from (Text(each, "dim") for each in _unknown(every, regions or ()))
    if left_out := len(every) - len(shown):
        yield Text(f"{left_out} more of other regions: --region REGION, or --all", "dim")
    yield Text(f"`jhub data refresh` keeps what AWS says in {short_path(str(folder))}", "dim")


def _counts(each: Holding, regions: Sequence[str]) -> bool:
    stands_in = each.kind in ("prices", "services") and each.region == MODEL_REGION
    return each.is_refreshed or stands_in or each.region in ("", *regions)


def _unknown(every: Sequence[Holding], regions: Sequence[str]) -> Iterator[str]:
    known = {(each.kind, each.region) for each in every if each.is_used}
    for region in regions:
        if ("offers", region) not in known:
            yield f"what {region} offers is not known"
        if ("prices", region) not in known:
            stand_in = "" if currency_of(region) == "CNY" else f"; those of {MODEL_REGION} stand in"
            yield f"prices of {region} are not known{stand_in}"


def _cells(each: Holding) -> tuple[str, ...]:
    source = each.source
    name = f"{source.name} {source.version}".rstrip() if source else "cannot be read"
    return (
        each.kind,
        each.region or "any",
        str(each.types) if source else "-",
        source.date.isoformat() if source else "-",
        "yes" if each.is_used else "no",
        name if each.is_refreshed else f"{name} ({_SHIPPED})",
    )


def _line(cells: Sequence[str], widths: Sequence[int], style: str = "") -> Text:
    padded = [
        cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=False))
    ]
    return Text("  ".join(padded).rstrip(), style)


def holdings_document(every: Sequence[Holding], folder: Path) -> dict[str, Any]:
    """Return the same for ``--json``, always of all regions."""
    return {"folder": folder, "files": every}
