"""What deploy asks, applies, reuses, repeats and refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import (
    ConfigError,
    InterruptedRunError,
    LocalAwsError,
    RefusedError,
    TerraformError,
    UsageError,
)
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.events import StackDone, StackFailed, StackSkipped
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.orchestration.reports import DeployRequest, PlanReport
from jupyterhub_eks.ports import Target
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)
UNATTENDED = DeployRequest(confirm=lambda _: False, unattended=True)


def _calls(bench: Bench, kind: str) -> list[str]:
    return [call.split()[1] for call in bench.world.calls if call.startswith(f"{kind} ")]


def test_a_first_deploy_plans_each_stack_once(bench: Bench) -> None:
    """The confirmed plan of the first stack is applied; the others are planned in turn."""
    report = deploy(bench.context(), make_deployment(), YES)
    assert sorted(_calls(bench, "plan")) == ["cluster", "network", "storage"]
    assert [each.result for each in report.stacks] == ["created"] * 3
    assert report.outputs["network"] == {"name": "network"}


def test_nothing_to_change_applies_nothing(bench: Bench) -> None:
    """A second deploy plans and stops there."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()
    report = deploy(bench.context(), make_deployment(), UNATTENDED)
    assert _calls(bench, "apply") == []
    assert {each.result for each in report.stacks} == {"unchanged"}


def test_a_change_touches_only_its_stack(bench: Bench) -> None:
    """Other backup days change the storage stack alone."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()
    deploy(bench.context(), make_deployment(backup_days=7), YES)
    assert _calls(bench, "apply") == ["storage"]


def test_a_no_changes_nothing(bench: Bench) -> None:
    """Neither the account nor the record is touched."""
    request = DeployRequest(confirm=lambda _: False)
    with pytest.raises(RefusedError, match="nothing was changed"):
        deploy(bench.context(), make_deployment(), request)
    assert bench.world.resources == {}
    assert not bench.workspace.record.exists()


def test_a_failure_is_contained(bench: Bench) -> None:
    """A sibling finishes, and the next run continues."""

    def fail(address: str) -> None:
        if address.endswith("cluster_b"):
            raise TerraformError("no capacity")

    bench.world.fail = fail
    with pytest.raises(TerraformError, match="no capacity"):
        deploy(bench.context(), make_deployment(), YES)
    done = {each.stack for each in bench.events if isinstance(each, StackDone)}
    failed = {each.stack for each in bench.events if isinstance(each, StackFailed)}
    assert (done, failed) == ({"network", "storage"}, {"cluster"})
    record = read_record(bench.workspace.record)
    assert record is not None
    assert (record.stacks["cluster"].state, record.stacks["cluster"].detail) == (
        "failed",
        "no capacity",
    )

    bench.world.fail = lambda _: None
    deploy(bench.context(), make_deployment(), YES)
    assert not plan(bench.context(), make_deployment()).has_changes


def test_all_failures_are_told(bench: Bench) -> None:
    """Two failed stacks make one error that names both."""

    def fail(address: str) -> None:
        if not address.startswith("aws_thing.network"):
            raise TerraformError(f"cannot make {address}")

    bench.world.fail = fail
    with pytest.raises(TerraformError, match="2 stacks failed") as caught:
        deploy(bench.context(), make_deployment(), YES)
    assert "cluster_a" in caught.value.cause
    assert "files" in caught.value.cause


def test_an_interrupt_waits_for_terraform_and_is_continued(bench: Bench) -> None:
    """Nothing new starts, what is at work is not cut short, and the next run completes."""
    context = bench.context()
    interrupt = bench.interrupt

    def stop(address: str) -> None:
        if address.endswith("network_b"):
            interrupt.set()

    bench.world.fail = stop
    with pytest.raises(InterruptedRunError):
        deploy(context, make_deployment(), YES)
    assert bench.terraform.interrupts == 0
    assert _calls(bench, "apply") == ["network"]
    skipped = {each.stack for each in bench.events if isinstance(each, StackSkipped)}
    assert skipped == {"cluster", "storage"}

    bench.world.fail = lambda _: None
    deploy(bench.context(), make_deployment(), YES)
    assert not plan(bench.context(), make_deployment()).has_changes


def test_a_stack_no_longer_configured_is_shown_and_destroyed(bench: Bench) -> None:
    """Its removal is part of the plan, and its record goes."""
    deploy(bench.context(), make_deployment(cognito=True), YES)
    shown: list[PlanReport] = []

    def confirm(report: PlanReport) -> bool:
        shown.append(report)
        return True

    deploy(bench.context(), make_deployment(), DeployRequest(confirm=confirm))
    removed = [each for each in shown[0].stacks if each.removed]
    assert [(each.stack, len(each.changes)) for each in removed] == [("identity", 3)]
    record = read_record(bench.workspace.record)
    assert record is not None
    assert "identity" not in record.stacks
    assert not any("identity" in each for each in bench.world.resources)


def test_a_removal_that_was_not_shown_is_asked_for(bench: Bench) -> None:
    """A later plan that replaces something needs a second yes."""
    deploy(bench.context(), make_deployment(), YES)
    asked: list[tuple[str, ...]] = []

    def confirm(report: PlanReport) -> bool:
        asked.append(tuple(each.stack for each in report.stacks))
        document = bench.workspace.stack_dir("cluster") / "cdk.tf.json"
        document.write_text(document.read_text().replace("cluster_a", "cluster_c"))
        return len(asked) == 1

    with pytest.raises(RefusedError, match="cluster"):
        deploy(bench.context(), make_deployment(tags={"a": "b"}), DeployRequest(confirm=confirm))
    assert asked == [("network", "cluster", "storage"), ("cluster",)]


def test_the_wrong_account_is_refused(bench: Bench) -> None:
    """The configured account decides, before anything is planned."""
    with pytest.raises(RefusedError, match="111122223333"):
        deploy(bench.context(), make_deployment(account="999999999999"), YES)
    assert bench.world.calls == []


def test_another_account_than_the_deployed_one_is_refused(bench: Bench) -> None:
    """The record remembers where it was deployed."""
    deploy(bench.context(), make_deployment(), YES)
    bench.cloud.account = "444455556666"
    with pytest.raises(RefusedError, match="444455556666"):
        deploy(bench.context(), make_deployment(), YES)


def test_the_region_cannot_change(bench: Bench) -> None:
    """The problem names the key and the remedy."""
    deploy(bench.context(), make_deployment(), YES)
    with pytest.raises(ConfigError) as caught:
        deploy(bench.context(), make_deployment(region="eu-west-1"), YES)
    assert caught.value.problems[0].path == "region"


def test_a_lost_embedded_aws_is_told(bench: Bench) -> None:
    """A record of another instance offers the reset."""
    first = Target(kind="local", instance_id="one")
    deploy(bench.context(target=first), make_deployment(), YES)
    second = Target(kind="local", instance_id="two")
    with pytest.raises(LocalAwsError) as caught:
        deploy(bench.context(target=second), make_deployment(), YES)
    assert "jhub local reset" in caught.value.hint


def test_only_deploys_the_selection(bench: Bench) -> None:
    """With its upstream deployed, one stack can be deployed alone."""
    deploy(
        bench.context(), make_deployment(), DeployRequest(confirm=lambda _: True, only=("network",))
    )
    assert _calls(bench, "apply") == ["network"]


def test_only_without_upstream_is_refused(bench: Bench) -> None:
    """The missing stack and the option are named."""
    request = DeployRequest(confirm=lambda _: True, only=("cluster",))
    with pytest.raises(RefusedError, match="network") as caught:
        deploy(bench.context(), make_deployment(), request)
    assert "--stack network" in caught.value.hint


CHANGED = DeployRequest(confirm=lambda _: True, changed=True)


def test_changed_leaves_alone_what_is_as_it_was_applied(bench: Bench) -> None:
    """Other backup days plan the storage stack alone, and the same files plan nothing."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()

    report = deploy(bench.context(), make_deployment(backup_days=7), CHANGED)
    again = deploy(bench.context(), make_deployment(backup_days=7), CHANGED)

    assert [each.stack for each in report.stacks] == ["storage"]
    assert _calls(bench, "plan") == ["storage"]
    assert again.stacks == ()


def test_changed_goes_on_where_a_run_has_ended(bench: Bench) -> None:
    """What was not applied is part of it, and so is what stands on it."""
    deploy(bench.context(), make_deployment(), replace(YES, only=("network",)))
    bench.world.revive()

    report = deploy(bench.context(), make_deployment(), CHANGED)

    assert sorted(each.stack for each in report.stacks) == ["cluster", "storage"]


def test_changed_plans_what_stands_on_a_changed_stack(bench: Bench) -> None:
    """Its outputs may be others afterwards."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()
    record = json.loads(bench.workspace.record.read_text())
    record["stacks"]["network"]["digest"] = "of other files"
    bench.workspace.record.write_text(json.dumps(record))

    report = deploy(bench.context(), make_deployment(), CHANGED)
    again = deploy(bench.context(), make_deployment(), CHANGED)

    assert {each.stack: each.result for each in report.stacks} == dict.fromkeys(
        ("network", "cluster", "storage"), "unchanged"
    )
    assert again.stacks == ()


def test_an_unknown_stack_is_a_usage_error(bench: Bench) -> None:
    """The existing ones are listed."""
    request = DeployRequest(confirm=lambda _: True, only=("netwrk",))
    with pytest.raises(UsageError) as caught:
        deploy(bench.context(), make_deployment(), request)
    assert "network" in caught.value.hint


def test_protected_data_whose_creation_was_cut_short_is_kept(bench: Bench) -> None:
    """Terraform would replace what it marked, which its protection forbids in every run."""

    def cut_short(address: str) -> None:
        if address.endswith("aws_efs_mount_target.first"):
            raise TerraformError("cut short")

    bench.world.fail = cut_short
    with pytest.raises(TerraformError):
        deploy(bench.context(), make_deployment(), YES)
    path = bench.workspace.state_file("storage")
    state = json.loads(path.read_text())
    for resource in state["resources"]:
        resource["instances"][0]["status"] = "tainted"
    path.write_text(json.dumps(state))

    bench.world.fail = lambda _: None
    deploy(bench.context(), make_deployment(), YES)
    marked = {
        each["type"]
        for each in json.loads(path.read_text())["resources"]
        if each["instances"][0].get("status")
    }
    assert marked <= {"aws_efs_mount_target"}
    assert "untaint storage" in bench.world.calls
