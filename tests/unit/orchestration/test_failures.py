"""Failures of several stacks become one error that repeats nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import (
    DeployerError,
    InterruptedRunError,
    LocalAwsError,
    StateError,
    TerraformError,
)
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.failures import combine
from jupyterhub_eks.orchestration.reports import DeployRequest
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from tests.support.fakes import Bench


def test_a_single_failure_stays_as_it_is() -> None:
    """Its message names the stack already."""
    error = TerraformError("apply of 'a' failed", cause="why")

    assert combine({"a": error}, "log") is error


def test_what_is_no_stacks_own_is_told_once() -> None:
    """A stopped emulator fails every stack, each at another address."""
    errors: dict[str, DeployerError] = {
        name: LocalAwsError(f"apply of {name!r} failed", cause=f"{name}: refused", hint="start it")
        for name in ("a", "b", "c")
    }

    error = combine(errors, "log")

    assert isinstance(error, LocalAwsError)
    assert error.message == "3 stacks failed: a, b, c"
    assert (error.cause, error.hint) == ("a: refused", "start it")


def test_what_is_a_stacks_own_is_told_of_each() -> None:
    """Two denied actions are two things to mend, though the remedy is called the same."""
    errors: dict[str, DeployerError] = {
        name: TerraformError(f"apply of {name!r} failed", cause=f"no {name}", hint="allow it")
        for name in ("a", "b")
    }

    error = combine(errors, "log")

    assert error.cause == "apply of 'a' failed\nno a\napply of 'b' failed\nno b"
    assert error.hint == "allow it"


def test_the_same_cause_of_several_stacks_is_told_once() -> None:
    """As of all stacks whose Terraform was killed."""
    errors: dict[str, DeployerError] = {
        name: TerraformError(f"apply of {name!r} was killed", cause="no memory", hint="again")
        for name in ("a", "b")
    }

    assert combine(errors, "log").cause == "no memory"


def test_common_and_own_failures_are_both_told() -> None:
    """The class is that of Terraform's failures when they differ."""
    error = combine(
        {
            "a": LocalAwsError("apply of 'a' failed", cause="refused", hint="start it"),
            "b": LocalAwsError("apply of 'b' failed", cause="refused too", hint="start it"),
            "c": TerraformError("apply of 'c' failed", cause="no", hint="allow it"),
        },
        "log",
    )

    assert type(error) is TerraformError
    assert (
        error.cause == "apply of 'a' failed\napply of 'b' failed\nrefused\napply of 'c' failed\nno"
    )
    assert error.hint == "start it\nallow it"


def test_an_interrupt_hides_no_failure(bench: Bench) -> None:
    """A state that was saved elsewhere is told also when the run was asked to stop."""

    def fail(_: str) -> None:
        bench.interrupt.set()
        raise StateError("could not save its state", hint="mv /tmp/x /y")

    bench.world.fail = fail
    with pytest.raises(InterruptedRunError) as caught:
        deploy(bench.context(), make_deployment(), DeployRequest(confirm=lambda _: True))

    assert "could not save its state" in caught.value.cause
    assert caught.value.hint.splitlines()[0] == "mv /tmp/x /y"
    assert "again to continue" in caught.value.hint
