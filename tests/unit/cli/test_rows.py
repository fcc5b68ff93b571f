"""The tree of stacks fits every terminal."""

from __future__ import annotations

import pytest

from jupyterhub_eks.cli.console.progress import RunView
from jupyterhub_eks.cli.console.rows import draw_run
from jupyterhub_eks.cli.console.terminal import ASCII, UNICODE, Glyphs
from jupyterhub_eks.orchestration.events import (
    RunStarted,
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackWaiting,
)

LONG = "aws_eks_pod_identity_association.a_very_long_name_of_a_resource_in_this_stack"


def _view(command: str = "deploy") -> RunView:
    view = RunView()
    stacks = (("network", ()), ("cluster", ("network",)), ("storage", ("network",)))
    for event in (
        RunStarted(command=command, deployment="lab", stacks=stacks),
        StackDone(stack="network", result="created", added=26, seconds=14.0),
        StackPhase(stack="cluster", phase="apply", total=30),
        StackProgress(
            stack="cluster", done=10, total=30, address=LONG, action="create", status="done"
        ),
        StackWaiting(stack="storage", waits_for=("network",)),
    ):
        view.apply(event, 0.0)
    return view


def _lines(width: int, glyphs: Glyphs = UNICODE, command: str = "deploy") -> list[str]:
    return [line.plain for line in draw_run(_view(command), glyphs, width, 32.0)]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """A line that wraps would make the display jump."""
    assert max(len(line) for line in _lines(width)) <= width


def test_a_wide_terminal_shows_the_latest_resource() -> None:
    """At 120 columns there is room for it, at 60 there is not."""
    assert "aws_eks_pod_identity" in _lines(120)[1]
    assert "aws_eks" not in _lines(60)[1]


def test_progress_is_counted_and_timed() -> None:
    """Done, total and elapsed time stand even on a narrow terminal."""
    assert "10/30" in _lines(60)[1]
    assert "32 s" in _lines(60)[1]


def test_times_stand_in_one_column() -> None:
    """Finished and working stacks end their time at the same place."""
    first, second = _lines(60)[:2]

    assert first.rindex(" s") == second.rindex(" s")


def test_the_ascii_drawing_is_pure_ascii() -> None:
    """A terminal without UTF-8 gets nothing that it cannot show."""
    assert all(line.isascii() for line in _lines(100, ASCII))


def test_destroy_speaks_of_removing() -> None:
    """The same phase has the word of its command."""
    assert "removing" in _lines(100, command="destroy")[1]


def test_a_failure_is_told_in_its_row() -> None:
    """The message stands beside the stack that failed."""
    view = _view()
    view.apply(StackFailed(stack="cluster", message="no quota", seconds=3.0), 3.0)

    assert "no quota" in [line.plain for line in draw_run(view, UNICODE, 100, 5.0)][1]
