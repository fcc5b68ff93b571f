"""A request to stop is never lost."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli import signals
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.running import Run

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give the test runner its handlers back."""
    before = {number: signal.getsignal(number) for number in signals.SIGNALS}
    signals.install()
    yield
    signals._requests.clear()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", signals.SIGNALS)
def test_each_signal_ends_a_command_that_changes_nothing(number: signal.Signals) -> None:
    """Outside of a run there is nothing to wait for."""
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)


def test_a_swallowed_request_is_raised_before_a_run() -> None:
    """Python drops what is raised in a finaliser; the run still does not begin."""
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), Run(Screen()):
        pass


def test_under_nohup_a_closed_terminal_ends_nothing() -> None:
    """Whoever starts a deploy with nohup wants it to go on."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.install()

    os.kill(os.getpid(), signal.SIGHUP)
    with Run(Screen()) as run:
        os.kill(os.getpid(), signal.SIGHUP)

    assert not run.interrupt.is_set
