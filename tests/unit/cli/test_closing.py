"""A deploy ends with what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyterhub_eks.cli.closing import next_commands
from jupyterhub_eks.cli.first_login import first_login
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.orchestration.reports import DeployReport, StackOutcome


def test_stacks_without_a_reviewed_plan_are_planned_next() -> None:
    """A first deploy of reviewed plans is only its first part; that comes before all else."""
    (command, why), *_ = next_commands(("cluster", "storage"), "jhub", " --local")

    assert command == "jhub plan --local --out next-plans"
    assert why == "plan again: cluster, storage had to wait"


def test_a_whole_deploy_needs_no_second_plan() -> None:
    """Nothing waits, so nothing is to be planned again."""
    commands = [command for command, _ in next_commands((), "jhub", "")]

    assert commands == ["jhub status", "jhub output", "jhub plan", "jhub destroy"]


EXISTING = {"user_pool_id": "us-west-2_AbCdEf123", "client_id": "client0123456789"}


def _first(
    auth: dict[str, Any], *, pool: str = "us-west-2_1", **added: int
) -> tuple[tuple[str, str], ...]:
    """Return what lets somebody in after a deploy of so many new resources by stack."""
    report = DeployReport(
        deployment="aa",
        stacks=tuple(
            StackOutcome(stack=stack, result="applied", added=count)
            for stack, count in added.items()
        ),
        outputs={"identity": {"user_pool_id": pool}} if pool else {},
        log_dir=Path(),
        seconds=1.0,
    )
    section = DeploymentFile.model_validate({"auth": auth}).auth
    return first_login(section, report, "jhub", " --local")


@pytest.mark.parametrize(
    ("auth", "command"),
    [
        (
            {"type": "cognito", "admins": ["root@x.org", "b@x.org"]},
            "jhub users add root@x.org --local",
        ),
        ({"type": "cognito"}, "jhub users add ADDRESS --admin --local"),
        ({"type": "cognito", "admin_groups": []}, "jhub users add ADDRESS --local"),
    ],
    ids=["listed", "by-group", "no-group"],
)
def test_nobody_is_in_a_new_pool(auth: dict[str, Any], command: str) -> None:
    """A deploy makes no account, also none of the administrators; the command that does is named.

    A deploy that finishes one that was killed after the pool was made names it too.
    """
    why = "a deploy adds nobody to the user pool, administrators neither"
    assert _first(auth, identity=7) == ((command, why),)
    assert _first(auth, identity=0, hub=3) == ((command, why),)


def test_pool_with_people_is_passed_over() -> None:
    """Neither a pool of somebody else, nor one that a deploy left as it is, nor none."""
    cognito = {"type": "cognito"}
    assert _first({**cognito, "existing": EXISTING}, identity=0, hub=3) == ()
    assert _first(cognito, identity=0, hub=0) == ()
    assert _first(cognito, pool="", network=3) == ()


@pytest.mark.parametrize(
    ("auth", "command", "why"),
    [
        (
            {"type": "native", "admins": ["ann"]},
            "jhub secrets show admin-password --local",
            "the first password of ann",
        ),
        (
            {"type": "native", "admins": ["ann", "bob", "carl", "dora", "eve"]},
            "jhub secrets show admin-password --local",
            "the first password of ann, bob, carl and 2 more",
        ),
        (
            {"type": "dummy", "admins": ["root"]},
            "jhub secrets show user-password --local",
            "the shared password, with any name that may enter",
        ),
    ],
    ids=["one", "several", "shared"],
)
def test_whose_password_it_is(auth: dict[str, Any], command: str, why: str) -> None:
    """A password without a name opens nothing."""
    assert _first(auth, hub=3) == ((command, why),)
    assert _first(auth, network=3) == ()
