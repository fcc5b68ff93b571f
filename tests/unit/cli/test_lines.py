"""Without a terminal a run is told line by line."""

from __future__ import annotations

from jupyterhub_eks.cli.console.lines import LineTeller
from jupyterhub_eks.orchestration.events import (
    Event,
    RunStarted,
    StackDone,
    StackPhase,
    StackProgress,
    StackWaiting,
)

START = RunStarted(
    command="deploy", deployment="lab", stacks=(("network", ()), ("interruption", ()))
)


def _progress() -> StackProgress:
    return StackProgress(
        stack="network", done=3, total=9, address="aws_vpc.vpc", action="create", status="complete"
    )


def _told(event: Event, *, every_resource: bool = False, now: float = 0.0) -> str | None:
    """Return the line of an event in a run of two stacks."""
    teller = LineTeller(every_resource=every_resource)
    teller.line(START, 0.0)
    teller.line(StackPhase(stack="network", phase="apply", total=9), 0.0)
    text = teller.line(event, now)
    return text.plain if text is not None else None


def test_the_column_is_as_wide_as_the_longest_name() -> None:
    """Whatever the stacks are called, what is said of them stands in one column."""
    planning = [StackPhase(stack=name, phase="plan") for name in ("network", "interruption")]

    assert [_told(event) for event in planning] == [
        "network       planning",
        "interruption  planning",
    ]


def test_one_resource_is_one_resource() -> None:
    """The count is a word of English."""
    told = [_told(StackPhase(stack="network", phase="apply", total=count)) for count in (1, 2)]

    assert told == ["network       applying 1 resource", "network       applying 2 resources"]


def test_a_resource_soon_after_another_line_gets_none() -> None:
    """A log does not grow by a line for every resource."""
    assert _told(_progress(), now=9.0) is None


def test_a_long_apply_says_that_it_moves() -> None:
    """After ten silent seconds the latest resource is named, and the wait starts anew."""
    teller = LineTeller()
    teller.line(StackPhase(stack="network", phase="apply", total=9), 0.0)
    line = teller.line(_progress(), 10.0)

    assert line is not None
    assert line.plain.split() == ["network", "3/9", "aws_vpc.vpc", "create", "complete"]
    assert teller.line(_progress(), 11.0) is None


def test_verbose_names_every_resource() -> None:
    """``--verbose`` is for those who want them all."""
    assert _told(_progress(), every_resource=True, now=0.1) is not None


def test_preparing_is_too_small_for_a_line() -> None:
    """Only planning and applying are told."""
    assert _told(StackPhase(stack="network", phase="init")) is None
    applying = _told(StackPhase(stack="network", phase="apply", total=9))
    assert applying == "network       applying 9 resources"


def test_the_end_of_a_stack_has_counts_and_time() -> None:
    """One line says what was done and how long it took, nothing twice."""
    done = StackDone(stack="network", result="created", added=26, seconds=14.0)

    assert _told(done) == "network       26 created in 14 s"
    unchanged = StackDone(stack="network", result="unchanged", seconds=3.0)
    assert _told(unchanged) == "network       unchanged in 3 s"


def test_what_is_only_planned_is_not_called_done() -> None:
    """The counts of a plan are told by the plan itself."""
    done = StackDone(stack="network", result="planned", added=26, seconds=14.0)

    assert _told(done) == "network       planned in 14 s"


def test_waiting_names_the_upstream_stacks() -> None:
    """A log reader sees why nothing happens."""
    waiting = StackWaiting(stack="karpenter", waits_for=("cluster", "storage"))

    assert _told(waiting) == "karpenter     waits for cluster, storage"
