"""Draws a run while it happens: in place on a terminal, else line by line.

Events arrive from several threads. ``stopping`` is called inside a signal handler,
so it takes no lock and touches no buffered stream.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, Final, Protocol

from jupyterhub_eks.cli.console import lines
from jupyterhub_eks.cli.console.progress import RunView
from jupyterhub_eks.cli.console.rows import draw_run
from jupyterhub_eks.cli.console.wrapping import wrapped
from jupyterhub_eks.orchestration.events import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

    from jupyterhub_eks.cli.console.terminal import Terminal
    from jupyterhub_eks.orchestration.events import Event

REFRESH_PER_SECOND: Final = 8
# By how often Terraform was told to stop: what happens now, and what a further Ctrl-C does.
STOPPING: Final = (
    "stopping when the stacks at work are finished (Ctrl-C again: stop them now)",
    "stopping: waiting for Terraform to write its state (Ctrl-C again: do not wait)",
    "ending Terraform at once: its state may miss what it was just making",
)


class Display(Protocol):
    """A sink of events that can step aside while a question is asked."""

    def __call__(self, event: Event) -> None:
        """Show one event."""

    def stopping(self, urgency: int) -> None:
        """Say how the run stops.

        Args:
            urgency: How often Terraform was told to stop; 0: what is at work may finish.
        """

    def pause(self) -> None:
        """Keep the screen still until :meth:`resume`."""

    def resume(self) -> None:
        """Go on drawing."""

    def close(self, *, finished: bool = True) -> None:
        """Leave the final state on the screen; not ``finished``: the run ended with an error."""


class LiveDisplay:
    """The tree of stacks, redrawn in place on stderr."""

    def __init__(self, console: Console, terminal: Terminal) -> None:
        self._console = console
        self._terminal = terminal
        self._view = RunView()
        self._lock = RLock()
        self._live: Live | None = None
        self._stopping = ""

    def __call__(self, event: Event) -> None:
        """Take in one event; the next refresh draws it."""
        with self._lock:
            self._view.apply(event, time.monotonic())
            if isinstance(event, Note):
                for piece in wrapped(lines.note(event.text), self._console):
                    self._console.print(piece)
            elif self._live is None:
                self._start()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the tree at its present state."""
        with self._lock:
            yield from draw_run(
                self._view, self._terminal.glyphs, options.max_width, time.monotonic()
            )
            if self._stopping and self._live is not None:
                yield lines.warning(self._stopping)

    def stopping(self, urgency: int) -> None:
        """Show the stop under the tree from the next refresh on."""
        self._stopping = _stopping(urgency)

    def pause(self) -> None:
        """Take the tree off the screen; without :meth:`resume` it does not come back."""
        self._stop()

    def resume(self) -> None:
        """Draw the tree again; the time of an answer is nobody's working time."""
        with self._lock:
            self._view.settle()
            self._start()

    def close(self, *, finished: bool = True) -> None:
        """Stop redrawing and leave the final tree, except where a plan says more than it."""
        if self._live is None:
            return
        self._stop()
        if finished and self._view.command == "plan":
            return
        with self._lock:
            if not finished:
                self._view.stop(time.monotonic())
            for line in self.__rich_console__(self._console, self._console.options):
                self._console.print(line)
            if not finished:
                self._console.print()

    def _start(self) -> None:
        from rich.live import Live  # noqa: PLC0415 - commands without a tree stay quick

        self._live = Live(
            self,
            console=self._console,
            refresh_per_second=REFRESH_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start(refresh=True)

    def _stop(self) -> None:
        # Outside the lock: `stop` waits for the refreshing thread, which needs it to draw.
        live, self._live = self._live, None
        if live is not None:
            live.stop()


class PlainDisplay:
    """One line with the time of day for each thing worth knowing."""

    def __init__(
        self,
        console: Console,
        *,
        every_resource: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._teller = lines.LineTeller(every_resource=every_resource)
        self._clock = clock
        self._lock = RLock()

    def __call__(self, event: Event) -> None:
        """Write the event's line, if it has one."""
        with self._lock:
            text = self._teller.line(event, self._clock())
            if text is not None:
                for piece in wrapped(lines.stamped(text), self._console):
                    self._console.print(piece)

    def stopping(self, urgency: int) -> None:
        """Write past every buffer, which the interrupted code may be filling."""
        line = f"{lines.stamp()}{_stopping(urgency)}\n"
        with suppress(OSError):  # nobody reads it any more, or the terminal is closed
            os.write(self._console.file.fileno(), line.encode())

    def pause(self) -> None:
        """Do nothing: lines do not move."""

    def resume(self) -> None:
        """Do nothing."""

    def close(self, *, finished: bool = True) -> None:
        """Do nothing: every line stands already."""


def _stopping(urgency: int) -> str:
    return STOPPING[min(urgency, len(STOPPING) - 1)]
