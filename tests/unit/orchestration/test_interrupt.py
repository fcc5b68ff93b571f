"""Requests to stop are counted, and handed on when they cannot wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import InterruptedRunError, TerraformError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.interrupt import Interrupt
from jupyterhub_eks.orchestration.reports import DeployRequest
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from tests.support.fakes import Bench


def test_the_second_request_is_handed_on_inside_the_block() -> None:
    """The first lets Terraform finish, the second reaches it; after the block nobody is told."""
    interrupt, calls = Interrupt(), []
    with interrupt.notifying(lambda: calls.append(interrupt.requests)):
        interrupt.set()
        interrupt.set()
    interrupt.set()
    assert calls == [2]


def test_an_urgent_request_is_handed_on_at_once() -> None:
    """There is no time to let anything finish."""
    interrupt, calls = Interrupt(), []
    with interrupt.notifying(lambda: calls.append(interrupt.requests)):
        interrupt.set(urgent=True)
    assert calls == [1]


def test_check_raises_once_set() -> None:
    """Nothing new is begun after a request."""
    interrupt = Interrupt()
    interrupt.check()
    interrupt.set()
    with pytest.raises(InterruptedRunError, match="interrupted"):
        interrupt.check()


def _run_log(bench: Bench) -> str:
    (log,) = bench.workspace.logs.glob("*-deploy/run.log")
    assert log.stat().st_mode & 0o077 == 0
    return log.read_text()


def test_a_closed_terminal_is_told_in_the_log(bench: Bench) -> None:
    """Nobody sees the screen any more."""
    bench_context = bench.context()
    bench.world.fail = lambda _: bench.interrupt.set(by="SIGHUP")

    with pytest.raises(InterruptedRunError):
        deploy(bench_context, make_deployment(), DeployRequest(confirm=lambda _: True))

    log = _run_log(bench)
    assert "asked to stop by SIGHUP" in log
    assert "the terminal was closed" in log
    assert "not finished: " in log
    assert "jhub deploy" in log


def test_a_failure_is_told_in_the_log_too(bench: Bench) -> None:
    """With cause and remedy, as on the screen."""

    def fail(_: str) -> None:
        raise TerraformError("no capacity", cause="AWS has none", hint="choose another zone")

    bench.world.fail = fail
    with pytest.raises(TerraformError):
        deploy(bench.context(), make_deployment(), DeployRequest(confirm=lambda _: True))

    assert _run_log(bench).splitlines()[1:] == [
        "no capacity",
        "AWS has none",
        "choose another zone",
    ]
