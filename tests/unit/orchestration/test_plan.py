"""A plan says what is known, and what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import RefusedError, StalePlanError, TerraformError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, PlanReport, StackPlan
from tests.support.fakes import Bench, make_deployment, synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Synthesize
    from jupyterhub_eks.orchestration.reports import StackNode

YES = DeployRequest(confirm=lambda _: True)


def _by_name(plans: tuple[StackPlan, ...]) -> dict[str, StackPlan]:
    return {each.stack: each for each in plans}


def test_stacks_without_upstream_state_wait(bench: Bench) -> None:
    """They get no made-up plan, but the number of their resources."""
    plans = _by_name(plan(bench.context(), make_deployment()).stacks)
    assert len(plans["network"].changes) == 3
    assert plans["cluster"].waits_for == ("network",)
    assert (plans["cluster"].changes, plans["cluster"].resources) == ((), 2)


def test_a_plan_leaves_no_trace(bench: Bench) -> None:
    """No record, nothing in the account, no plan file that could hold secrets."""
    plan(bench.context(), make_deployment())
    assert bench.world.resources == {}
    assert not bench.workspace.record.exists()
    assert not bench.workspace.plans.exists()


def test_a_plan_on_outputs_that_will_change_says_so(bench: Bench) -> None:
    """The dependants of a stack with changes may change after it."""
    deploy(bench.context(), make_deployment(), YES)
    plans = _by_name(plan(bench.context(), make_deployment(tags={"a": "b"})).stacks)
    assert plans["network"].changes
    assert plans["cluster"].may_change_after == ("network",)
    assert plans["network"].may_change_after == ()


def test_an_update_tells_what_changes_inside(bench: Bench) -> None:
    """The attribute with both values, and what only the apply tells."""
    deploy(bench.context(), make_deployment(), YES)
    plans = _by_name(plan(bench.context(), make_deployment(backup_days=14)).stacks)
    (detail,) = plans["storage"].details
    days = next(each for each in detail.attributes if each.name == "days")
    assert detail.address == "aws_backup_vault.vault"
    assert (days.before.value, days.after.value) == (35, 14)
    assert plans["network"].details == ()


def test_terraform_shows_only_plans_with_updates(bench: Bench) -> None:
    """What is created or removed is known by its name; showing starts the providers again."""
    plan(bench.context(), make_deployment())
    assert not any(call.startswith("show_json") for call in bench.world.calls)


def _with_release(values: str) -> Synthesize:
    """Return a synthesis whose cluster has a carried release."""
    triggers = {"wanted": "hub 1", "skip_crds": "false", "chart": "d", "values_0": values}
    carriers = {
        "Hub": {"input": {"name": "hub", "namespace": "n"}},
        "Hub_content": {"triggers_replace": triggers},
    }

    def make(deployment: Deployment, out: Path, *, protect_data: bool) -> tuple[StackNode, ...]:
        nodes = synthesize(deployment, out, protect_data=protect_data)
        file = out / "stacks" / "cluster" / "cdk.tf.json"
        document = json.loads(file.read_text())
        document["resource"]["terraform_data"] = carriers
        file.write_text(json.dumps(document))
        return nodes

    return make


def test_a_carried_release_is_one_thing_in_plan_and_deploy(bench: Bench) -> None:
    """It is installed once and upgraded once, and its values are told by key."""
    context = bench.context(synthesize=_with_release("limit: 4G"))
    report = deploy(context, make_deployment(), YES)
    assert {each.stack: each.added for each in report.stacks}["cluster"] == 3

    context = bench.context(synthesize=_with_release("limit: 8G"))
    cluster = _by_name(plan(context, make_deployment()).stacks)["cluster"]
    (release,) = cluster.releases
    (change,) = release.values
    assert [each.address for each in cluster.changes] == ["helm_release.Hub"]
    assert (change.name, change.before.value, change.after.value) == ("limit", "4G", "8G")
    assert cluster.details == ()


def test_the_plan_that_is_agreed_to_tells_what_changes_inside(bench: Bench) -> None:
    """Whoever answers yes has read it."""
    deploy(bench.context(), make_deployment(), YES)
    shown: list[PlanReport] = []

    def agree(report: PlanReport) -> bool:
        shown.append(report)
        return True

    deploy(bench.context(), make_deployment(backup_days=14), DeployRequest(confirm=agree))
    assert _by_name(shown[0].stacks)["storage"].details


def test_a_failed_plan_is_told_after_the_others(bench: Bench) -> None:
    """Planning goes on elsewhere; nothing is changed."""
    deploy(bench.context(), make_deployment(), YES)
    without_outputs = {"version": 4, "serial": 9, "lineage": "l", "outputs": {}, "resources": []}
    bench.workspace.state_file("network").write_text(json.dumps(without_outputs))
    with pytest.raises(TerraformError):
        plan(bench.context(), make_deployment())


def _reviewed(bench: Bench, folder: Path, **changes: int) -> DeployRequest:
    plan(bench.context(), make_deployment(**changes), out=folder)
    bench.world.revive()
    return DeployRequest(confirm=lambda _: True, plan_dir=folder)


def test_exactly_the_reviewed_plans_are_applied(bench: Bench, tmp_path: Path) -> None:
    """Nothing is planned again; stacks without a plan are reported as waiting."""
    request = _reviewed(bench, tmp_path / "out")
    report = deploy(bench.context(), make_deployment(), request)
    assert report.waiting == ("cluster", "storage")
    assert [each.stack for each in report.stacks] == ["network"]
    assert not any(call.startswith("plan ") for call in bench.world.calls)


def test_reviewed_plans_may_hold_secrets(bench: Bench, tmp_path: Path) -> None:
    """Only the owner can read the folder."""
    _reviewed(bench, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_another_configuration_makes_the_plans_stale(bench: Bench, tmp_path: Path) -> None:
    """The configuration is the one that was reviewed, or nothing is applied."""
    request = _reviewed(bench, tmp_path / "out")
    with pytest.raises(StalePlanError) as caught:
        deploy(bench.context(), make_deployment(backup_days=1), request)
    assert "configuration" in caught.value.cause
    assert bench.world.resources == {}


def test_a_moved_state_makes_the_plans_stale(bench: Bench, tmp_path: Path) -> None:
    """A deploy in between is noticed before anything is applied."""
    request = _reviewed(bench, tmp_path / "out")
    deploy(bench.context(), make_deployment(), YES)
    with pytest.raises(StalePlanError) as caught:
        deploy(bench.context(), make_deployment(), request)
    assert "'network'" in caught.value.cause


def test_a_changed_plan_file_is_refused(bench: Bench, tmp_path: Path) -> None:
    """What is applied is what was written."""
    request = _reviewed(bench, tmp_path / "out")
    (tmp_path / "out" / "network.tfplan").write_text("{}")
    with pytest.raises(StalePlanError):
        deploy(bench.context(), make_deployment(), request)


def test_a_folder_without_plans_is_refused(bench: Bench, tmp_path: Path) -> None:
    """The remedy is a new plan."""
    request = DeployRequest(confirm=lambda _: True, plan_dir=tmp_path)
    with pytest.raises(StalePlanError, match="holds no plans"):
        deploy(bench.context(), make_deployment(), request)


def test_plans_are_not_written_over_other_files(bench: Bench, tmp_path: Path) -> None:
    """The folder must be new or empty."""
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError, match="not empty"):
        plan(bench.context(), make_deployment(), out=tmp_path)
