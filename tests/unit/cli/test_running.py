"""Ctrl-C, SIGTERM and a closed terminal ask a run to stop; a question can be left at once."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.text import Text

from jupyterhub_eks.cli.console.display import STOPPING
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.terminal import this_terminal
from jupyterhub_eks.cli.running import Run, require_terminal
from jupyterhub_eks.errors import InterruptedRunError, UsageError
from jupyterhub_eks.orchestration.reports import DeployReport, PlanReport, StackPlan

if TYPE_CHECKING:
    from typing import Never

REPORT = PlanReport(deployment="lab", stacks=(StackPlan(stack="network"),))


def _answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


FINISHING, HASTENING, ENDING = STOPPING


@pytest.mark.parametrize(
    ("sent", "lines", "told"),
    [
        ([signal.SIGINT], [FINISHING], 0),
        ([signal.SIGHUP], [FINISHING], 0),
        ([signal.SIGINT] * 3, [FINISHING, HASTENING, ENDING], 2),
        ([signal.SIGTERM], [HASTENING], 1),
        ([signal.SIGINT, signal.SIGTERM, signal.SIGINT], [FINISHING, HASTENING, ENDING], 2),
    ],
)
def test_a_signal_asks_the_run_to_stop_and_says_how(
    sent: list[signal.Signals],
    lines: list[str],
    told: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Python goes on, so that Terraform can be waited for.

    What is said fits what Terraform was told: nothing, to stop, or to stop at once.
    """
    calls: list[int] = []
    with Run(Screen()) as run, run.interrupt.notifying(lambda: calls.append(1)):
        for number in sent:
            os.kill(os.getpid(), number)

    assert [line[len("12:00:00 ") :] for line in capfd.readouterr().err.splitlines()] == lines
    assert len(calls) == told


def test_a_line_about_stopping_that_cannot_be_written_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A signal handler that raises would end the run in the middle."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as abandoned:
        monkeypatch.setattr("sys.stderr", abandoned)
        with Run(Screen()) as run:
            os.kill(os.getpid(), signal.SIGHUP)

    assert run.interrupt.requests == 1


def test_the_former_handlers_come_back() -> None:
    """After a run Ctrl-C ends Python again."""
    before = signal.getsignal(signal.SIGINT)
    with Run(Screen()):
        pass

    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(("typed", "agreed"), [("y", 1), ("yes", 1), ("", 0), ("n", 0)])
def test_only_a_yes_is_a_yes(typed: str, agreed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else leaves things as they are."""
    _answer(monkeypatch, f"{typed}\n")

    assert Run(Screen()).confirm(REPORT, "deploy?") == bool(agreed)


def test_what_it_costs_is_read_before_the_question(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A note stands between the plan and the question, where it cannot be overlooked."""
    _answer(monkeypatch, "n\n")
    Run(Screen()).confirm(REPORT, "deploy?", notes=(Text("cost on AWS: $1"),))

    err = capsys.readouterr().err
    assert err.index("network") < err.index("cost on AWS: $1") < err.index("deploy?")


def test_a_name_has_to_be_typed_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes is not enough where files would go."""
    _answer(monkeypatch, "yes\nlab\n")
    run = Run(Screen())

    assert run.confirm(REPORT, "destroy?", answer="lab") is False
    assert run.confirm(REPORT, "destroy?", answer="lab") is True


def test_a_signal_during_a_question_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs that has to be waited for, and nothing more is to be started."""

    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> Never:
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError

    monkeypatch.setattr("sys.stdin", Interrupted())
    with Run(Screen()) as run, pytest.raises(InterruptedRunError, match="nothing was changed"):
        run.confirm(REPORT, "deploy?")

    assert run.interrupt.is_set


def test_the_time_of_a_question_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deploy that waited for its answer over lunch did not take an hour."""

    class Slow(io.StringIO):
        def readline(self, *_: object) -> str:
            time.sleep(0.2)
            return "y\n"

    monkeypatch.setattr("sys.stdin", Slow())
    run = Run(Screen())
    run.confirm(REPORT, "deploy?")
    report = DeployReport(deployment="lab", stacks=(), log_dir=Path("logs"), seconds=1.0)

    assert 0.2 <= 1.0 - run.without_questions(report).seconds < 1.0


def test_a_command_that_asks_wants_a_terminal() -> None:
    """The error says what to type instead."""
    terminal = dataclasses.replace(this_terminal(), interactive=False)

    with pytest.raises(UsageError) as caught:
        require_terminal(Screen(terminal=terminal), "jhub deploy", "give it --yes")

    assert caught.value.hint == "give it --yes"
