"""A deploy ends with what to do next."""

from __future__ import annotations

from jupyterhub_eks.cli.closing import next_commands


def test_stacks_without_a_reviewed_plan_are_planned_next() -> None:
    """A first deploy of reviewed plans is only its first part; that comes before all else."""
    (command, why), *_ = next_commands(("cluster", "storage"), "jhub", " --local")

    assert command == "jhub plan --local --out next-plans"
    assert why == "plan again: cluster, storage had to wait"


def test_a_whole_deploy_needs_no_second_plan() -> None:
    """Nothing waits, so nothing is to be planned again."""
    commands = [command for command, _ in next_commands((), "jhub", "")]

    assert commands == ["jhub status", "jhub output", "jhub plan", "jhub destroy"]
