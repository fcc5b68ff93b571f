"""A plan is drawn so that nothing important can be missed."""

from __future__ import annotations

import pytest

from jupyterhub_eks.cli.console.plans import draw_plan
from jupyterhub_eks.cli.console.terminal import ASCII, UNICODE
from jupyterhub_eks.orchestration.changes import AttributeChange, ResourceDetail, Shown
from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan
from jupyterhub_eks.ports import PlannedChange, Resource


def _change(address: str, *actions: str) -> PlannedChange:
    return PlannedChange(address=address, type=address.split(".", maxsplit=1)[0], actions=actions)


def _text(*stacks: StackPlan, kept: tuple[Resource, ...] = (), width: int = 80) -> list[str]:
    report = PlanReport(deployment="lab", stacks=stacks, kept=kept)
    return [line.plain.rstrip() for line in draw_plan(report, UNICODE, width)]


def test_resources_of_a_kind_share_a_line() -> None:
    """Six subnets take one line with their number and names."""
    names = ("a", "b", "c")
    plan = StackPlan(
        stack="network", changes=tuple(_change(f"aws_subnet.{each}", "create") for each in names)
    )

    assert _text(plan)[:2] == ["  network  3 to create", "    +   aws_subnet x3  a b c"]


def test_removed_and_replaced_resources_are_all_named() -> None:
    """Each stands on a line of its own, however many there are."""
    changes = (
        _change("aws_efs_file_system.efs", "delete"),
        _change("aws_subnet.a", "delete", "create"),
        _change("aws_subnet.b", "create", "delete"),
    )
    lines = _text(StackPlan(stack="storage", changes=changes))

    assert "    -   aws_efs_file_system.efs" in lines
    assert "    -/+ aws_subnet.a" in lines
    assert "    -/+ aws_subnet.b" in lines


def test_a_stack_that_goes_as_a_whole_is_summed_up() -> None:
    """Destroying a hundred resources fits on a screen."""
    changes = tuple(_change(f"aws_subnet.{each}", "delete") for each in "abc")

    assert _text(StackPlan(stack="network", changes=changes))[1] == ("    -   aws_subnet x3  a b c")


def test_a_waiting_stack_has_no_made_up_plan() -> None:
    """It says what it waits for and how many resources it declares."""
    plan = StackPlan(stack="cluster", waits_for=("network",), resources=30)

    assert _text(plan)[0] == "  cluster  waits for network (30 resources)"


def test_totals_count_every_sign_and_what_waits() -> None:
    """The last line sums up."""
    changes = (_change("aws_vpc.a", "create"), _change("aws_iam_role.b", "update"))
    lines = _text(
        StackPlan(stack="network", changes=changes),
        StackPlan(stack="cluster", waits_for=("network",), resources=30),
    )

    assert lines[-1] == (
        "in all: 1 to create, 1 to change; 1 stack waits for others (30 resources)"
    )


def test_an_empty_plan_says_so() -> None:
    """No changes is good news and reads like it."""
    assert _text(StackPlan(stack="network"))[-1].startswith("no changes")


def test_a_plan_of_no_stack_says_why() -> None:
    """With ``--changed``, when all files are as they were applied, nothing was looked at."""
    assert _text()[-1] == "all files are those that were applied"


def test_a_changed_output_counts_as_a_change_but_not_as_a_resource() -> None:
    """Outputs cost nothing, and are not hidden either."""
    plan = StackPlan(
        stack="network", changes=(PlannedChange(address="x", type="output", actions=("update",)),)
    )

    assert _text(plan)[0] == "  network  outputs change"
    assert _text(plan)[-1] == "in all: no resource changes"


def test_a_stack_configured_no_more_is_marked() -> None:
    """Its removal surprises nobody; in a destroy, where all stacks go, it needs no word."""
    plan = StackPlan(
        stack="identity", changes=(_change("aws_cognito_user_pool.p", "delete"),), removed=True
    )
    network = StackPlan(stack="network")

    assert "no longer configured" in _text(plan, network)[0]
    assert "no longer configured" not in _text(plan)[0]


def test_long_lists_of_created_resources_end_at_the_edge() -> None:
    """Only what is created may be cut, and ASCII terminals get no other character."""
    changes = tuple(_change(f"aws_subnet.number_{each}", "create") for each in range(20))
    report = PlanReport(deployment="lab", stacks=(StackPlan(stack="network", changes=changes),))
    drawn = [line.plain for line in draw_plan(report, ASCII, 60)]

    assert all(len(line) <= 60 and line.isascii() for line in drawn)


def test_kept_data_is_announced() -> None:
    """People see before a destroy that their files stay."""
    kept = (Resource("efs", "file system", "fs-1"),)

    assert "1 resources with data are kept or taken back" in _text(
        StackPlan(stack="storage"), kept=kept
    )


def _detail(address: str, *days: int, forces: bool = False) -> ResourceDetail:
    attributes = tuple(
        AttributeChange(
            path=("days", at),
            name=f"days[{at}]",
            kind="changed",
            before=Shown(state="known", value=35),
            after=Shown(state="known", value=each),
            forces_replacement=forces,
        )
        for at, each in enumerate(days)
    )
    return ResourceDetail(address=address, attributes=attributes)


def test_a_single_change_stands_beside_its_resource() -> None:
    """The whole of a small change is one line."""
    plan = StackPlan(
        stack="storage",
        changes=(_change("aws_backup_plan.home", "update"),),
        details=(_detail("aws_backup_plan.home", 14),),
    )

    assert _text(plan)[1] == "    ~   aws_backup_plan.home  days[0]: 35 -> 14"


def test_several_changes_stand_below_their_resource() -> None:
    """One line each."""
    plan = StackPlan(
        stack="storage",
        changes=(_change("aws_backup_plan.home", "update"),),
        details=(_detail("aws_backup_plan.home", 14, 15),),
    )

    assert _text(plan)[1:4] == [
        "    ~   aws_backup_plan.home",
        "          days[0]: 35 -> 14",
        "          days[1]: 35 -> 15",
    ]


def test_resources_that_change_alike_share_the_change() -> None:
    """A new tag on six subnets is read once; another change of the kind stands apart."""
    names = ("aws_subnet.a", "aws_subnet.b", "aws_subnet.c")
    plan = StackPlan(
        stack="network",
        changes=tuple(_change(name, "update") for name in names),
        details=(_detail(names[0], 1), _detail(names[1], 1), _detail(names[2], 2)),
    )

    assert _text(plan)[1:4] == [
        "    ~   aws_subnet x2  a b",
        "          days[0]: 35 -> 1",
        "    ~   aws_subnet.c  days[0]: 35 -> 2",
    ]


def test_a_replaced_resource_says_why() -> None:
    """Each is named, also where several are replaced for the same reason."""
    names = ("aws_subnet.a", "aws_subnet.b")
    plan = StackPlan(
        stack="network",
        changes=tuple(_change(name, "delete", "create") for name in names),
        details=tuple(_detail(name, 1, forces=True) for name in names),
    )

    assert _text(plan)[1:3] == [
        f"    -/+ {name}  days[0]: 35 -> 1  (forces replacement)" for name in names
    ]


@pytest.mark.parametrize("actions", [("delete",), ("delete", "create")])
def test_losing_every_account_is_said_in_words(actions: tuple[str, ...]) -> None:
    """A user pool cannot be brought back, and one line among many would be overlooked."""
    plan = StackPlan(
        stack="identity", changes=(_change("aws_cognito_user_pool.UserPool", *actions),)
    )

    assert any("every account" in line for line in _text(plan))
