"""The attributes that change in a resource, as lines that fit the terminal."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.text import Text

from jupyterhub_eks.orchestration.changes import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.cli.console.terminal import Glyphs
    from jupyterhub_eks.orchestration.changes import AttributeChange, ResourceDetail

# More of them in one resource are counted; `--json` has all.
MOST_ATTRIBUTES: Final = 6
# What stays readable of a value that is cut.
SHORTEST_VALUE: Final = 16
_CONTEXT: Final = 8
ARROW: Final = " -> "
FORCES: Final = "  (forces replacement)"
ONLY: Final = {"reordered": "only the order changes", "reformatted": "only the formatting changes"}


def draw_attributes(detail: ResourceDetail, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield the changes of a resource, the first ones in full, each within ``width``."""
    if detail.reason:
        yield Text(f"replaced: {detail.reason}", "red")
    elif not detail.attributes:
        yield Text("no attribute that can be shown", "dim")
    shown = [change for change in detail.attributes if not _follows(change, detail)]
    for change in shown[:MOST_ATTRIBUTES]:
        yield from draw_change(change, glyphs, width)
    more = len(detail.attributes) - len(shown[:MOST_ATTRIBUTES])
    if more:
        yield Text(f"and {more} more", "dim")


def _follows(change: AttributeChange, detail: ResourceDetail) -> bool:
    """Return whether a change only comes with a replacement: new ids, values never set."""
    replaced = detail.reason or any(each.forces_replacement for each in detail.attributes)
    return (
        bool(replaced)
        and not change.forces_replacement
        and (change.after.state == "unknown" or change.after == Shown(state="known"))
    )


def draw_change(change: AttributeChange, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield a line, or two where name and values do not fit on one."""
    name = Text(f"{printable(change.name)}: ")
    end = Text(FORCES if change.forces_replacement else "", "red")
    whole = _values(change, glyphs, 0)
    room = width - name.cell_len - end.cell_len
    if whole.cell_len <= room:
        yield name + whole + end
        return
    if room >= _needed(change, glyphs):
        yield name + _values(change, glyphs, room) + end
        return
    yield Text(name.plain.rstrip()) + end
    yield Text("  ") + _values(change, glyphs, max(width - 2, _needed(change, glyphs)))


def _needed(change: AttributeChange, glyphs: Glyphs) -> int:
    """Return the fewest columns in which the values say something."""
    sides = (change.before, change.after)
    return sum(_least(each, cell_len(_text(each, glyphs))) for each in sides) + len(ARROW)


def _values(change: AttributeChange, glyphs: Glyphs, room: int) -> Text:
    """Return what was and what will be within ``room`` columns; 0: as long as they are."""
    if change.kind in ONLY:
        return Text(ONLY[change.kind], "dim")
    before, after = _text(change.before, glyphs), _text(change.after, glyphs)
    if change.kind == "added":
        return Text(f"+ {_cut(after, '', room - 2, glyphs)}", "green")
    if change.kind == "removed":
        return Text(f"- {_cut(before, '', room - 2, glyphs)}", "red")
    left = right = 0
    if room:
        left = _share(change, cell_len(before), cell_len(after), room - len(ARROW))
        right = room - len(ARROW) - left
    return Text.assemble(
        _cut(before, after, left, glyphs), (ARROW, "dim"), _cut(after, before, right, glyphs)
    )


def _share(change: AttributeChange, before: int, after: int, room: int) -> int:
    """Return how many of ``room`` columns what was may take: half, or what is left free."""
    least_before, least_after = _least(change.before, before), _least(change.after, after)
    half = min(max(room // 2, least_before), room - least_after)
    return min(before, max(half, room - after))


def _least(shown: Shown, length: int) -> int:
    """Return the columns a value needs to be worth reading; our own words stay whole."""
    return min(length, SHORTEST_VALUE) if shown.state == "known" else length


def _text(shown: Shown, glyphs: Glyphs) -> str:
    if shown.state == "known":
        return _safe(shown.value, plain=glyphs.ellipsis != "…")
    return {"unknown": "known after apply", "sensitive": "(sensitive)"}.get(shown.state, "none")


def _safe(value: Any, *, plain: bool) -> str:
    """Return a value on one line, without anything that a terminal would obey."""
    if value is None:
        return "none"
    return printable(json.dumps(value, ensure_ascii=plain))


def printable(text: str, *, plain: bool = False) -> str:
    """Return a text without anything that a terminal would obey; ``plain``: in ASCII."""
    return "".join(
        each if each.isprintable() and (each.isascii() or not plain) else f"\\u{ord(each):04x}"
        for each in text
    )


def _cut(text: str, other: str, limit: int, glyphs: Glyphs) -> str:
    """Cut a text in the middle; of two, leave what differs between them in sight."""
    if limit <= 0 or cell_len(text) <= limit:
        return text
    start = _common(text, other)
    end = min(_common(text[::-1], other[::-1]), len(text) - start)
    if start > limit // 2 and start > _CONTEXT:
        text = glyphs.ellipsis + text[start - _CONTEXT :]
    if end > limit // 2 and cell_len(text) > limit:
        text = text[: len(text) - end + _CONTEXT] + glyphs.ellipsis
    if cell_len(text) <= limit:
        return text
    rest = limit - len(glyphs.ellipsis)
    head = _within(text, rest - rest // 2)
    return f"{head}{glyphs.ellipsis}{_within(text[::-1], rest // 2)[::-1]}"


def _within(text: str, room: int) -> str:
    """Return as much of the beginning of a text as fits into ``room`` columns."""
    taken = accumulate(cell_len(each) for each in text)
    return text[: sum(columns <= room for columns in taken)]


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
