"""One run of a use case on this screen: its display, its signals and its questions."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Self, TypeVar

from jupyterhub_eks.cli import signals
from jupyterhub_eks.cli.console.plans import draw_plan
from jupyterhub_eks.cli.secret_reader import typed_unseen
from jupyterhub_eks.errors import InterruptedRunError, UsageError
from jupyterhub_eks.orchestration.interrupt import Interrupt

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType, TracebackType

    from rich.text import Text

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.orchestration.events import Event
    from jupyterhub_eks.orchestration.reports import DeployReport, DestroyReport, PlanReport

    Report = TypeVar("Report", DeployReport, DestroyReport)


class Run:
    """While entered, signals ask the use case to stop instead of ending Python.

    During a question they end it at once: nothing runs then that has to be waited for.

    Attributes:
        interrupt: The flag that the use case looks at.
        asked_seconds: How long questions have waited for their answers.
    """

    def __init__(self, screen: Screen) -> None:
        self.interrupt = Interrupt()
        self._screen = screen
        self._display = screen.display()
        self._asking = False
        self._urgency = 0
        self.asked_seconds = 0.0
        self._before: dict[int, signal.Handlers | int | object | None] = {}

    def emit(self, event: Event) -> None:
        """Show an event."""
        self._display(event)

    def __enter__(self) -> Self:
        """Take over the signals; raises one that came before and got lost."""
        signals.check()
        for number in signals.heeded():
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the final state on the screen and give the signals back."""
        self._display.close(finished=error is None)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._asking:
            raise KeyboardInterrupt
        # Whoever sends SIGTERM (a shutdown, a CI runner) kills soon after.
        urgent = number == signal.SIGTERM
        self.interrupt.set(urgent=urgent, by=signal.Signals(number).name)
        self._urgency += urgent or self.interrupt.requests > 1
        self._display.stopping(self._urgency)

    def confirm(
        self, report: PlanReport, question: str, answer: str = "", *, notes: Iterable[Text] = ()
    ) -> bool:
        """Show a plan and ask; true if the answer is ``answer``, or yes where that is empty.

        Args:
            report: The plan.
            question: What is asked.
            answer: What has to be typed; empty: yes.
            notes: Lines to read between plan and question.

        Raises:
            InterruptedRunError: A signal or the end of input came instead of an answer.
        """
        screen = self._screen
        self._display.pause()
        screen.info("", *draw_plan(report, screen.terminal.glyphs, screen.terminal.width), "")
        screen.info(*notes)
        self._asking, began = True, time.monotonic()
        try:
            said = screen.ask(question).strip()
        except (KeyboardInterrupt, EOFError):
            self.interrupt.set()  # other stacks may be waiting for their turn
            raise InterruptedRunError("interrupted at the question; nothing was changed") from None
        finally:
            self._asking = False
            self.asked_seconds += time.monotonic() - began
        agreed = said == answer if answer else said.lower() in {"y", "yes"}
        if agreed:
            self._display.resume()
        return agreed

    def ask_secret(self, question: str) -> str:
        """Ask for a secret on the terminal, without showing what is typed.

        Raises:
            InterruptedRunError: A signal or the end of input came instead of an answer.
        """
        self._display.pause()
        self._asking, began = True, time.monotonic()
        try:
            said = typed_unseen(question)
        except InterruptedRunError:
            self.interrupt.set()
            raise
        finally:
            self._asking = False
            self.asked_seconds += time.monotonic() - began
        self._display.resume()
        return said

    def without_questions(self, report: Report) -> Report:
        """Return a report whose seconds leave out those of the questions."""
        return replace(report, seconds=report.seconds - self.asked_seconds)


def require_terminal(screen: Screen, command: str, hint: str) -> None:
    """Refuse to go on where a question would have nobody to answer it.

    Raises:
        UsageError: There is no terminal; ``hint`` says what to type instead.
    """
    if not screen.terminal.interactive:
        raise UsageError(
            f"{command} asks for confirmation, and there is no terminal to answer on", hint=hint
        )
