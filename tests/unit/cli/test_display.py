"""What the moving display leaves on the screen when it ends."""

from __future__ import annotations

import dataclasses
import io

from rich.console import Console

from jupyterhub_eks.cli.console.display import LiveDisplay
from jupyterhub_eks.cli.console.terminal import ASCII, this_terminal
from jupyterhub_eks.orchestration.events import RunStarted, StackDone, StackPhase


def _left(command: str, *, finished: bool) -> list[str]:
    """Return the lines that stay after a run in which one stack of two was done."""
    out = io.StringIO()
    # Without a terminal rich draws nothing in between, so that only what stays is seen.
    console = Console(file=out, width=60, force_terminal=False)
    terminal = dataclasses.replace(this_terminal(), glyphs=ASCII)
    display = LiveDisplay(console, terminal)
    stacks = (("network", ()), ("cluster", ("network",)))
    display(RunStarted(command=command, deployment="lab", stacks=stacks))
    display(StackDone(stack="network", result="created", added=2, seconds=3.0))
    display(StackPhase(stack="cluster", phase="plan"))
    display.close(finished=finished)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_deploy_leaves_its_tree() -> None:
    """The results of the stacks stay on the screen, above the summary."""
    lines = _left("deploy", finished=True)

    assert [line.split()[:4] for line in lines if "network" in line][-1] == [
        "+",
        "network",
        "2",
        "created",
    ]


def test_a_plan_leaves_nothing_because_the_plan_follows() -> None:
    """The same stacks are listed right below, with their changes."""
    assert not any("network" in line for line in _left("plan", finished=True))


def test_an_unfinished_run_leaves_its_tree_and_a_gap_before_the_error() -> None:
    """What was at work is marked as stopped, also for a plan."""
    lines = _left("plan", finished=False)

    assert lines[-1] == ""
    assert "stopped" in lines[-2]
