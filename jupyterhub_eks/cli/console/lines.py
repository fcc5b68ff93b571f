"""Events as single lines, for logs and pipes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, assert_never

from rich.text import Text

from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.progress import describe_end, describe_seconds
from jupyterhub_eks.orchestration.events import (
    Note,
    RunStarted,
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackSkipped,
    StackStep,
    StackWaiting,
)

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.events import Event

# A log should say that something moves without one line per resource.
SECONDS_BETWEEN_LINES: Final = 10.0
PHASES: Final = {"init": "preparing", "plan": "planning", "apply": "applying"}


def note(text: str) -> Text:
    """Return a line of little weight."""
    return Text(as_typed(text), style="dim")


def warning(text: str) -> Text:
    """Return a line that should be seen."""
    return Text(text, style="yellow")


def stamped(text: Text) -> Text:
    """Put the time of day before a line."""
    return Text.assemble((stamp(), "dim"), text)


def stamp() -> str:
    """Return the time of day as it stands before a line."""
    return time.strftime("%H:%M:%S ")


class LineTeller:
    """Turns the events of a run into lines whose second column stands.

    Args:
        every_resource: Whether each resource gets its line.
    """

    def __init__(self, *, every_resource: bool = False) -> None:
        self._every_resource = every_resource
        self._names = 0
        # When a line about each stack was last written.
        self._said: dict[str, float] = {}

    def line(self, event: Event, now: float) -> Text | None:
        """Return the line of an event, or nothing when it is too small for one.

        Args:
            event: What happened.
            now: Seconds of a monotonic clock.
        """
        match event:
            case StackProgress():
                return self._progress(event, now)
            case StackPhase():
                self._said[event.stack] = now
                count = (
                    f" {event.total} resource{'' if event.total == 1 else 's'}"
                    if event.total
                    else ""
                )
                phase = None if event.phase == "init" else PHASES[event.phase] + count
                return self._of(event.stack, phase) if phase else None
            case StackStep():
                return self._step(event, now)
            case RunStarted():
                names = [name for name, _ in event.stacks]
                self._names = max(map(len, names), default=0)
                return Text(f"{event.command} {event.deployment}: {' '.join(names) or 'no stack'}")
            case Note():
                return Text(as_typed(event.text))
            case _:
                return self._turn(event)

    def _turn(self, event: StackWaiting | StackDone | StackFailed | StackSkipped) -> Text:
        match event:
            case StackWaiting():
                return self._of(event.stack, f"waits for {', '.join(event.waits_for)}")
            case StackDone():
                return self._of(event.stack, _result(event), "green")
            case StackFailed():
                return self._of(event.stack, as_typed(f"failed: {event.message}"), "red")
            case StackSkipped():
                return self._of(event.stack, as_typed(f"not started: {event.reason}"), "yellow")
            case _:
                assert_never(event)

    def _progress(self, event: StackProgress, now: float) -> Text | None:
        late = now - self._said.get(event.stack, now) >= SECONDS_BETWEEN_LINES
        if not (self._every_resource or late):
            return None
        self._said[event.stack] = now
        what = f"{event.address} {event.action} {event.status}"
        return self._of(event.stack, f"{event.done}/{event.total}  {what}")

    def _step(self, event: StackStep, now: float) -> Text | None:
        is_news = event.done in {0, event.total} and event.stack not in self._said
        late = now - self._said.get(event.stack, now) >= SECONDS_BETWEEN_LINES
        if not (is_news or late or event.done == event.total):
            return None
        self._said[event.stack] = now
        return self._of(event.stack, f"{event.what}: {event.done}/{event.total} gone")

    def _of(self, stack: str, text: str, style: str = "") -> Text:
        return Text.assemble(f"{stack:<{self._names}}  ", (text, style))


def _result(event: StackDone) -> str:
    end = describe_end(event, event.not_installed)
    return f"{end} in {describe_seconds(event.seconds)}"
