"""The tree of stacks as styled lines that fit the width of the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text

from jupyterhub_eks.cli.console.lines import PHASES
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.progress import WORKING, describe_end, describe_seconds, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.cli.console.progress import Row, RunView
    from jupyterhub_eks.cli.console.terminal import Glyphs

MARGIN: Final = 2
PHASE_WIDTH: Final = 9
COUNT_WIDTH: Final = 7
TIME_WIDTH: Final = 12
# Below this an address says nothing, so the line goes without.
ADDRESS_MINIMUM: Final = 14
BAR_MINIMUM: Final = 8
BAR_MAXIMUM: Final = 28


@dataclass(frozen=True)
class Layout:
    """Widths shared by all lines of one drawing, so that the columns stand."""

    room: int
    bar: int

    @property
    def body(self) -> int:
        """Columns between the name and the time."""
        return PHASE_WIDTH + 1 + self.bar + COUNT_WIDTH


def _layout(room: int) -> Layout:
    free = room - PHASE_WIDTH - 1 - COUNT_WIDTH - TIME_WIDTH
    wanted = free // 2 if free > 2 * ADDRESS_MINIMUM else free
    return Layout(room=room, bar=max(BAR_MINIMUM, min(BAR_MAXIMUM, wanted)))


def draw_run(view: RunView, glyphs: Glyphs, width: int, now: float) -> Iterator[Text]:
    """Yield one line per stack, upstream first, each at most ``width`` columns wide."""
    drawn = [(row, _stem(stem, glyphs)) for row, stem in tree(view.rows)]
    names = max((len(stem) + len(row.name) for row, stem in drawn), default=0)
    layout = _layout(width - MARGIN - names - 4)
    for row, stem in drawn:
        line = Text(" " * MARGIN)
        line.append(stem, "dim")
        line.append_text(_mark(row, glyphs))
        line.append(f" {row.name:<{names - len(stem)}}  ", "bold" if row.state in WORKING else "")
        line.append_text(_body(row, view, glyphs, layout, now))
        line.rstrip()
        line.truncate(width, overflow="ellipsis" if glyphs.ellipsis == "…" else "crop")
        yield line


def _stem(stem: str, glyphs: Glyphs) -> str:
    pieces = {">": glyphs.branch, "+": glyphs.corner, "|": glyphs.trunk, " ": "  "}
    return "".join(pieces[piece] for piece in stem)


def _mark(row: Row, glyphs: Glyphs) -> Text:
    match row.state:
        case "done":
            return Text(glyphs.done, "green")
        case "failed":
            return Text(glyphs.failed, "bold red")
        case "skipped" | "stopped":
            return Text(glyphs.warning, "yellow")
        case "init" | "plan" | "apply":
            return Text(glyphs.working, "cyan")
        case "idle" | "waiting":
            return Text(glyphs.idle, "dim")


def _body(row: Row, view: RunView, glyphs: Glyphs, layout: Layout, now: float) -> Text:
    if row.state in WORKING:
        return _working(row, view, glyphs, layout, now)
    if row.state == "done":
        end = describe_end(row, row.not_installed)
        has_counts = bool(row.added or row.changed or row.removed)
        return _ended(Text(end, "green" if has_counts else "dim"), row, layout)
    if row.state == "failed":
        text = _ended(Text("failed", "red"), row, layout)
        has_room = layout.room - text.cell_len - 2 >= ADDRESS_MINIMUM
        room = layout.room - text.cell_len - 2
        return text.append(f"  {_fitting(row.message, room)}") if has_room else text
    if row.state == "stopped":
        return _ended(Text("stopped", "yellow"), row, layout)
    if row.state == "skipped":
        return Text(_fitting(f"not started: {as_typed(row.message)}", layout.room), "yellow")
    return Text(f"waits for {', '.join(row.waits_for)}" if row.waits_for else "", "dim")


def _fitting(message: str, room: int) -> str:
    """Return a message, or its beginning: the rest is told after the run, in full."""
    if cell_len(message) <= room:
        return message
    first = message.partition("; ")[0]
    if cell_len(first) <= room:
        return first
    return first[:room].rpartition(" ")[0]


def _ended(lead: Text, row: Row, layout: Layout) -> Text:
    text = Text()
    text.append_text(lead)
    text.pad_right(max(0, layout.body - text.cell_len))
    return text.append(f"{describe_seconds(row.seconds):>{TIME_WIDTH}}", "dim")


def _working(row: Row, view: RunView, glyphs: Glyphs, layout: Layout, now: float) -> Text:
    phase = "removing" if (row.state, view.command) == ("apply", "destroy") else PHASES[row.state]
    text = Text()
    text.append(f"{phase:<{PHASE_WIDTH}} ", "cyan")
    if row.total:
        filled = min(layout.bar, layout.bar * row.done // row.total)
        text.append(glyphs.bar * filled, "cyan")
        text.append(glyphs.bar_rest * (layout.bar - filled), "bright_black")
        text.append(f"{f'{row.done}/{row.total}':>{COUNT_WIDTH}}")
    text.truncate(layout.body, overflow="crop", pad=True)
    text.append(f"{describe_seconds(row.elapsed(now) or 0.0):>{TIME_WIDTH}}", "dim")
    if row.address and layout.room - text.cell_len - 2 >= ADDRESS_MINIMUM:
        text.append(f"  {row.address}", "dim")
    return text
