"""The state of a run is folded from its events."""

from __future__ import annotations

from jupyterhub_eks.cli.console.progress import (
    Row,
    RunView,
    describe_counts,
    describe_seconds,
    tree,
)
from jupyterhub_eks.orchestration.events import (
    RunStarted,
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackSkipped,
    StackWaiting,
)

STACKS = (
    ("network", ()),
    ("cluster", ("network",)),
    ("storage", ("network",)),
    ("karpenter", ("cluster", "storage")),
)


def _view() -> RunView:
    view = RunView()
    view.apply(RunStarted(command="deploy", deployment="lab", stacks=STACKS), 0.0)
    return view


def test_a_run_begins_with_every_stack_idle() -> None:
    """All stacks are shown before any of them works."""
    assert {row.state for row in _view().rows.values()} == {"idle"}


def test_elapsed_time_counts_from_the_first_phase() -> None:
    """A later phase does not start the clock again."""
    view = _view()
    view.apply(StackPhase(stack="network", phase="plan"), 10.0)
    view.apply(StackPhase(stack="network", phase="apply", total=4), 12.0)

    assert view.rows["network"].elapsed(15.0) == 5.0


def test_progress_keeps_the_latest_address() -> None:
    """The row names the resource that was touched last, and how far the stack is."""
    view = _view()
    view.apply(StackPhase(stack="network", phase="apply", total=4), 1.0)
    view.apply(
        StackProgress(
            stack="network", done=2, total=4, address="aws_vpc.vpc", action="create", status="done"
        ),
        2.0,
    )
    row = view.rows["network"]

    assert (row.done, row.total, row.address) == (2, 4, "aws_vpc.vpc")


def test_waiting_names_what_for() -> None:
    """A waiting stack knows its upstream stacks."""
    view = _view()
    view.apply(StackWaiting(stack="cluster", waits_for=("network",)), 1.0)

    assert view.rows["cluster"].waits_for == ("network",)


def test_a_finished_stack_keeps_its_counts_and_time() -> None:
    """What was done is known after the end."""
    view = _view()
    done = StackDone(stack="network", result="changed", added=1, changed=2, removed=3, seconds=9.0)
    view.apply(done, 9.0)
    row = view.rows["network"]

    assert (row.state, row.added, row.changed, row.removed) == ("done", 1, 2, 3)
    assert row.elapsed(100.0) == 9.0


def test_failed_and_skipped_stacks_say_why() -> None:
    """The reason is kept with the row."""
    view = _view()
    view.apply(StackFailed(stack="cluster", message="no quota"), 1.0)
    view.apply(StackSkipped(stack="karpenter", reason="cluster failed"), 1.0)

    assert view.rows["cluster"].message == "no quota"
    assert view.rows["karpenter"].message == "cluster failed"


def test_an_event_of_an_unannounced_stack_adds_a_row() -> None:
    """A stack that is configured no more can still be removed in the run."""
    view = _view()
    view.apply(StackPhase(stack="identity", phase="apply", total=3), 1.0)

    assert view.rows["identity"].total == 3


def test_planned_stacks_of_a_destroy_wait_when_the_first_goes() -> None:
    """All are planned first, so that nobody takes waiting for planning."""
    view = RunView()
    stacks = (("cluster", ()), ("network", ("cluster",)))
    view.apply(RunStarted(command="destroy", deployment="lab", stacks=stacks), 0.0)
    for stack in ("cluster", "network"):
        view.apply(StackPhase(stack=stack, phase="plan"), 1.0)
    view.apply(StackPhase(stack="cluster", phase="apply", total=3), 5.0)
    row = view.rows["network"]

    assert (row.state, row.waits_for, row.elapsed(9.0)) == ("waiting", ("cluster",), None)

    view.apply(StackDone(stack="cluster", result="destroyed", removed=3), 9.0)
    assert row.waits_for == ()


def test_an_error_leaves_no_stack_working() -> None:
    """After the run nothing is drawn as if it went on."""
    view = _view()
    view.apply(StackPhase(stack="network", phase="apply", total=4), 1.0)
    view.stop(4.0)

    assert (view.rows["network"].state, view.rows["network"].seconds) == ("stopped", 3.0)


def test_the_tree_hangs_a_stack_under_its_last_upstream() -> None:
    """A stack with two upstream stacks appears once, under the one that comes last."""
    drawn = [(row.name, stem) for row, stem in tree(_view().rows)]

    assert drawn == [("network", ""), ("cluster", ">"), ("storage", "+"), ("karpenter", " +")]


def test_a_dependency_outside_the_run_makes_a_root() -> None:
    """With ``--stack`` only the chosen stacks are drawn."""
    assert tree({"cluster": Row("cluster", ("network",))})[0][1] == ""


def test_durations_read_as_people_say_them() -> None:
    """Units change at a minute and at an hour."""
    assert [describe_seconds(each) for each in (0.4, 59.4, 125, 3780)] == [
        "0 s",
        "59 s",
        "2 min 5 s",
        "1 h 3 min",
    ]


def test_counts_name_only_what_happened() -> None:
    """Zeros are left out."""
    assert describe_counts(3, 0, 1) == "3 created, 1 removed"
    assert describe_counts(0, 0, 0) == ""
