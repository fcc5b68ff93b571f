"""A Helm release of a plan as text: what is done, and what changes inside it."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console.attributes import draw_change, printable
from jupyterhub_eks.cli.console.places import this_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.cli.console.terminal import Glyphs
    from jupyterhub_eks.orchestration.changes import AttributeChange
    from jupyterhub_eks.orchestration.object_changes import ObjectChange
    from jupyterhub_eks.orchestration.release_details import ReleaseDetail

SIGNS: Final = {"install": "+", "upgrade": "~", "uninstall": "-", "reinstall": "-/+", "skip": "."}
OBJECT_SIGNS: Final = {"added": "+", "changed": "~", "removed": "-"}
STYLES: Final = {"+": "green", "~": "yellow", "-": "red", "-/+": "red", ".": "dim"}
# More of them are counted.
MOST_VALUES: Final = 20
MOST_OBJECTS: Final = 12
MOST_FIELDS: Final = 5
MOST_LINES: Final = 10
_INDENT: Final = 2


def draw_release(detail: ReleaseDetail, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield what happens to a release on a line, then what changes in it."""
    sign = SIGNS[detail.action]
    yield Text.assemble(
        (f"    {sign:<4}", STYLES[sign]), f"release {detail.name}: {headline(detail)}"
    )
    for line in _inside(detail, glyphs, width - 10):
        yield Text(" " * 10) + line


def headline(detail: ReleaseDetail) -> str:
    """Return in words what happens to a release."""
    chart = "" if detail.chart == detail.name else f"{detail.chart} "
    if detail.action == "skip":
        done = "upgraded" if detail.version_before else "installed"
        return f"not {done}: chart {detail.chart} {detail.version_after} cannot be reached"
    if detail.action == "uninstall":
        return "uninstall"
    if detail.version_before and detail.version_before != detail.version_after:
        return f"{detail.action} {chart}{detail.version_before} -> {detail.version_after}"
    if detail.action == "upgrade":
        return "upgrade (other chart content)" if detail.chart_changes else "upgrade"
    return f"{detail.action} {chart}{detail.version_after}".rstrip()


def _inside(detail: ReleaseDetail, glyphs: Glyphs, width: int) -> Iterator[Text]:
    if detail.reason:
        yield Text(detail.reason, "yellow")
    yield from _draw_changes(detail.settings, MOST_FIELDS, glyphs, width)
    yield from _under("values", _draw_changes(detail.values, MOST_VALUES, glyphs, width - _INDENT))
    yield from _under("objects", _draw_objects(detail.objects, glyphs, width - _INDENT))
    if detail.note:
        note = Text(f"objects not compared: {printable(detail.note)}", "dim")
        yield _shortened(note, glyphs, width)


def _rest() -> str:
    return f"more: {this_program()} plan --json"


def _under(title: str, lines: Iterable[Text]) -> Iterator[Text]:
    for at, line in enumerate(lines):
        if not at:
            yield Text(title, "bold")
        yield Text(" " * _INDENT) + line


def _draw_changes(
    changes: tuple[AttributeChange, ...], most: int, glyphs: Glyphs, width: int
) -> Iterator[Text]:
    for change in changes[:most]:
        yield from _draw_one(change, glyphs, width)
    if len(changes) > most:
        yield Text(f"and {len(changes) - most} {_rest()}", "dim")


def _draw_one(change: AttributeChange, glyphs: Glyphs, width: int) -> Iterator[Text]:
    before, after = change.before.value, change.after.value
    texts = isinstance(before, str) and isinstance(after, str)
    if change.kind == "changed" and texts and "\n" in before + after:
        yield Text(f"{printable(change.name)}:")
        yield from _draw_lines(before, after, glyphs, width)
    else:
        yield from draw_change(change, glyphs, width)


def _draw_lines(before: str, after: str, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield the lines of a text that go and come, the first ones in full."""
    lines = list(_line_changes(before.split("\n"), after.split("\n")))
    for sign, line in islice(lines, MOST_LINES):
        text = Text(f"  {sign} {printable(line, plain=glyphs.ellipsis != '…')}", STYLES[sign])
        yield _shortened(text, glyphs, width)
    if len(lines) > MOST_LINES:
        yield Text(f"  and {len(lines) - MOST_LINES} {_rest()}", "dim")


def _shortened(text: Text, glyphs: Glyphs, width: int) -> Text:
    text.truncate(width, overflow="ellipsis" if glyphs.ellipsis == "…" else "crop")
    return text


def _line_changes(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, old, old_end, new, new_end in matcher.get_opcodes():
        if what != "equal":
            yield from (("-", line) for line in before[old:old_end])
            yield from (("+", line) for line in after[new:new_end])


def _draw_objects(objects: tuple[ObjectChange, ...], glyphs: Glyphs, width: int) -> Iterator[Text]:
    groups = _grouped(objects, glyphs, width - 4)
    for each, *others in groups[:MOST_OBJECTS]:
        yield _title(each, len(others))
        for line in _fields(each, glyphs, width - 4):
            yield Text(" " * 4) + line
    rest = sum(map(len, groups[MOST_OBJECTS:]))
    if rest:
        yield Text(f"and {rest} {_rest()}", "dim")


def _grouped(
    objects: tuple[ObjectChange, ...], glyphs: Glyphs, width: int
) -> list[list[ObjectChange]]:
    """Put together objects in which the same changes, such as the label of a chart."""
    groups: dict[object, list[ObjectChange]] = {}
    for each in objects:
        lines = tuple(line.plain for line in _fields(each, glyphs, width))
        key = (each.restarts, lines) if lines else id(each)
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def _title(each: ObjectChange, others: int) -> Text:
    sign = OBJECT_SIGNS[each.action]
    where = f"{each.namespace}/" if each.namespace else ""
    text = Text.assemble((f"{sign} ", STYLES[sign]), printable(f"{each.kind} {where}{each.name}"))
    if others:
        text.append(f" and {others} other{'s' if others > 1 else ''}")
    if each.restarts:
        text.append("  (its pods restart)", "yellow")
    return text


def _fields(each: ObjectChange, glyphs: Glyphs, width: int) -> Iterator[Text]:
    return _draw_changes(each.fields, MOST_FIELDS, glyphs, width)
