"""Ctrl-C and SIGTERM ask a run to stop; a question can be left at once."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.terminal import this_terminal
from jupyterhub_eks.cli.running import Run, require_terminal
from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan

if TYPE_CHECKING:
    from typing import Never

REPORT = PlanReport(deployment="lab", stacks=(StackPlan(stack="network"),))


def _answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_interrupt(
    number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python goes on, so that Terraform can be waited for, and a line says so."""
    told: list[int] = []
    with Run(Screen()) as run, run.interrupt.notifying(lambda: told.append(run.interrupt.requests)):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

    assert told == ([2] if number == signal.SIGINT else [1, 2])

    assert run.interrupt.requests == 2
    assert "waiting for Terraform" in capfd.readouterr().err


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


def test_a_name_has_to_be_typed_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A yes is not enough where files would go."""
    _answer(monkeypatch, "yes\nlab\n")
    run = Run(Screen())

    assert run.confirm(REPORT, "destroy?", answer="lab") is False
    assert run.confirm(REPORT, "destroy?", answer="lab") is True


def test_a_signal_during_a_question_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs that has to be waited for."""

    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> Never:
            os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError

    monkeypatch.setattr("sys.stdin", Interrupted())
    with Run(Screen()) as run, pytest.raises(KeyboardInterrupt):
        run.confirm(REPORT, "deploy?")


def test_a_command_that_asks_wants_a_terminal() -> None:
    """The error says what to type instead."""
    terminal = dataclasses.replace(this_terminal(), interactive=False)

    with pytest.raises(UsageError) as caught:
        require_terminal(Screen(terminal=terminal), "jhub deploy", "give it --yes")

    assert caught.value.hint == "give it --yes"
