"""The files of the catalog: lines of text under a head that names their source and its date.

The same form serves what comes with a release and what ``refresh`` keeps in the user's cache::

    # jhub instance data, format 1
    # kind: prices
    # source: Karpenter, built-in price tables
    # version: 1d927085
    # date: 2026-07-20
    # rows: 1367
    # region: us-east-1
    # currency: USD

    a1.medium 0.0255
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.instances.model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Kind = Literal["types", "offers", "prices", "services"]
# What is kept of machines.
OF_MACHINES: Final[tuple[Kind, ...]] = ("types", "offers", "prices")

FORMAT: Final = 1
_TITLE: Final = f"# jhub instance data, format {FORMAT}"
_HEAD: Final = ("kind", "source", "version", "date", "rows")


class TableError(ValueError):
    """A file is damaged, or of another format than this release reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file.

    Attributes:
        kind: What it is about.
        source: Where it is from.
        lines: Its lines, without the head.
        more: Further keys of the head, e.g. ``region``.
    """

    kind: Kind
    source: Source
    lines: Sequence[str]
    more: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return the content of the file."""
        head = {
            "kind": self.kind,
            "source": self.source.name,
            "version": self.source.version,
            "date": self.source.date.isoformat(),
            "rows": str(len(self.lines)),
            **self.more,
        }
        keys = [f"# {key}: {value}".rstrip() for key, value in head.items()]
        return "\n".join([_TITLE, *keys, "", *self.lines, ""])


def path_of(folder: Path, kind: Kind, name: str) -> Path:
    """Return the file of a kind, by region or (packaged types) by source."""
    return folder / kind / f"{name}.txt"


def read_table(path: Path, kind: Kind, *, is_refreshed: bool = False) -> Table:
    """Return a file of the catalog.

    Raises:
        OSError: It cannot be read.
        TableError: It is not what it should be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TableError("is not text") from error
    top, _, body = text.partition("\n\n")
    title, *keys = top.split("\n")
    if title != _TITLE:
        raise TableError(f"does not begin with `{_TITLE}`: another format")
    head = dict(_key(line) for line in keys)
    missing = [key for key in _HEAD if key not in head]
    if missing or head["kind"] != kind:
        raise TableError(f"its head has no {', '.join(missing)}" if missing else f"is no {kind}")
    lines = body.split("\n")
    # The last line ends the file; where it has a text, the end of the file is missing.
    if lines.pop() or str(len(lines)) != head["rows"]:
        raise TableError(f"has not the {head['rows']} rows that its head tells of")
    try:
        day = date.fromisoformat(head["date"])
    except ValueError as error:
        raise TableError(f"`{head['date']}` is no day") from error
    source = Source(head["source"], head["version"], day, is_refreshed)
    return Table(kind=kind, source=source, lines=lines, more=_without_head(head))


def _key(line: str) -> tuple[str, str]:
    key, colon, value = line.removeprefix("# ").partition(":")
    if not colon or not line.startswith("# "):
        raise TableError(f"`{line[:60]}` is no line of its head")
    return key, value.strip()


def _without_head(head: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in head.items() if key not in _HEAD}
