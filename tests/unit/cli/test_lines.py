"""Without a terminal a run is told line by line."""

from __future__ import annotations

from jupyterhub_eks.cli.console.lines import event_line
from jupyterhub_eks.orchestration.events import (
    Event,
    StackDone,
    StackPhase,
    StackProgress,
    StackWaiting,
)


def _progress() -> StackProgress:
    return StackProgress(
        stack="network", done=3, total=9, address="aws_vpc.vpc", action="create", status="complete"
    )


def _line(event: Event, said: dict[str, float], now: float, *, every: bool = False) -> str | None:
    text = event_line(event, said, now, every_resource=every)
    return text.plain if text is not None else None


def test_a_resource_soon_after_another_line_gets_none() -> None:
    """A log does not grow by a line for every resource."""
    assert _line(_progress(), {"network": 0.0}, 9.0) is None


def test_a_long_apply_says_that_it_moves() -> None:
    """After ten silent seconds the latest resource is named, and the wait starts anew."""
    said = {"network": 0.0}

    assert _line(_progress(), said, 10.0) == "network    3/9  aws_vpc.vpc create complete"
    assert _line(_progress(), said, 11.0) is None


def test_verbose_names_every_resource() -> None:
    """``--verbose`` is for those who want them all."""
    assert _line(_progress(), {"network": 0.0}, 0.1, every=True) is not None


def test_preparing_is_too_small_for_a_line() -> None:
    """Only planning and applying are told."""
    assert _line(StackPhase(stack="network", phase="init"), {}, 0.0) is None
    applying = _line(StackPhase(stack="network", phase="apply", total=9), {}, 0.0)
    assert applying == "network    applying 9 resources"


def test_the_end_of_a_stack_has_counts_and_time() -> None:
    """One line says what was done and how long it took."""
    done = StackDone(stack="network", result="created", added=26, seconds=14.0)

    assert _line(done, {}, 0.0) == "network    created (26 created) in 14 s"


def test_waiting_names_the_upstream_stacks() -> None:
    """A log reader sees why nothing happens."""
    waiting = StackWaiting(stack="karpenter", waits_for=("cluster", "storage"))

    assert _line(waiting, {}, 0.0) == "karpenter  waits for cluster, storage"
