"""Events as single lines, for logs and pipes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, assert_never

from rich.text import Text

from jupyterhub_eks.cli.console.progress import describe_counts, describe_seconds
from jupyterhub_eks.orchestration.events import (
    Note,
    RunStarted,
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackSkipped,
    StackWaiting,
)

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.events import Event

# A log should say that something moves without one line per resource.
SECONDS_BETWEEN_LINES: Final = 10.0
PHASES: Final = {"init": "preparing", "plan": "planning", "apply": "applying"}


def note(text: str) -> Text:
    """Return a line of little weight."""
    return Text(text, style="dim")


def warning(text: str) -> Text:
    """Return a line that should be seen."""
    return Text(text, style="yellow")


def stamped(text: Text) -> Text:
    """Put the time of day before a line."""
    return Text.assemble((time.strftime("%H:%M:%S "), "dim"), text)


def event_line(
    event: Event, said: dict[str, float], now: float, *, every_resource: bool
) -> Text | None:
    """Return the line of an event, or nothing when it is too small for one.

    Args:
        event: What happened.
        said: When a line about the progress of each stack was last written; updated.
        now: Seconds of a monotonic clock.
        every_resource: Whether each resource gets its line.
    """
    match event:
        case StackProgress():
            return _progress(event, said, now, every_resource=every_resource)
        case StackPhase():
            said[event.stack] = now
            count = f" {event.total} resources" if event.total else ""
            return None if event.phase == "init" else _of(event.stack, PHASES[event.phase] + count)
        case RunStarted():
            names = " ".join(name for name, _ in event.stacks)
            return Text(f"{event.command} {event.deployment}: {names}")
        case Note():
            return Text(event.text)
        case _:
            return _turn(event)


def _turn(event: StackWaiting | StackDone | StackFailed | StackSkipped) -> Text:
    match event:
        case StackWaiting():
            return _of(event.stack, f"waits for {', '.join(event.waits_for)}")
        case StackDone():
            return _of(event.stack, _result(event), "green")
        case StackFailed():
            return _of(event.stack, f"failed: {event.message}", "red")
        case StackSkipped():
            return _of(event.stack, f"not started: {event.reason}", "yellow")
        case _:
            assert_never(event)


def _of(stack: str, text: str, style: str = "") -> Text:
    return Text.assemble(f"{stack:<10} ", (text, style))


def _result(event: StackDone) -> str:
    counts = describe_counts(event.added, event.changed, event.removed)
    detail = f" ({counts})" if counts else ""
    return f"{event.result}{detail} in {describe_seconds(event.seconds)}"


def _progress(
    event: StackProgress, said: dict[str, float], now: float, *, every_resource: bool
) -> Text | None:
    late = now - said.get(event.stack, now) >= SECONDS_BETWEEN_LINES
    if not (every_resource or late):
        return None
    said[event.stack] = now
    return _of(
        event.stack, f"{event.done}/{event.total}  {event.address} {event.action} {event.status}"
    )
