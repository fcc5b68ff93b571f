"""Destroy removes in reverse, keeps what it is told to keep, and proves the rest."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import (
    InterruptedRunError,
    RefusedError,
    StateError,
    TerraformError,
)
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest, PlanReport
from jupyterhub_eks.ports import Resource
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.reports import StackNode
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)
ALL = DestroyRequest(confirm=lambda _: True, keep_data=False)
KEEP = DestroyRequest(confirm=lambda _: True, keep_data=True)
FILES = Resource("efs", "file-system", "aws_efs_file_system-files")
VAULT = Resource("backup", "vault", "aws_backup_vault-vault")


def _applied(bench: Bench) -> list[str]:
    return [call.split()[1] for call in bench.world.calls if call.startswith("apply ")]


def test_dependants_go_first(bench: Bench) -> None:
    """The network is last, and nothing is left."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()
    report = destroy(bench.context(), make_deployment(), ALL)
    assert _applied(bench)[-1] == "network"
    assert (report.left, report.kept) == ((), ())
    assert not bench.workspace.record.exists()
    assert not bench.workspace.terraform.exists()


def test_a_second_destroy_says_so_and_still_looks(bench: Bench) -> None:
    """Nothing deployed is no error, and the sweep is made all the same."""
    deploy(bench.context(), make_deployment(), YES)
    destroy(bench.context(), make_deployment(), ALL)
    bench.world.revive()
    bench.world.resources["stray"] = {}
    bench.world.foreign.add("stray")
    report = destroy(bench.context(), None, ALL)
    assert report.stacks == ()
    assert report.left == (Resource("other", "thing", "stray"),)
    assert any(isinstance(each, Note) and "deployed" in each.text for each in bench.events)


def test_a_no_changes_nothing(bench: Bench) -> None:
    """Everything stays, protection included."""
    deploy(bench.context(), make_deployment(), YES)
    before = dict(bench.world.resources)
    request = DestroyRequest(confirm=lambda _: False, keep_data=False)
    with pytest.raises(RefusedError):
        destroy(bench.context(), make_deployment(), request)
    assert bench.world.resources == before
    files = bench.workspace.stack_dir("storage") / "cdk.tf.json"
    assert "prevent_destroy" in files.read_text()


def test_kept_data_is_shown_kept_and_not_left(bench: Bench) -> None:
    """File system and vault stay; the plan does not list them as removed."""
    deploy(bench.context(), make_deployment(), YES)
    shown: list[PlanReport] = []

    def confirm(report: PlanReport) -> bool:
        shown.append(report)
        return True

    report = destroy(
        bench.context(), make_deployment(), DestroyRequest(confirm=confirm, keep_data=True)
    )
    assert report.kept == (VAULT, FILES)
    assert report.left == ()
    assert shown[0].kept == (VAULT, FILES)
    removed = {change.address for each in shown[0].stacks for change in each.changes}
    assert "aws_efs_file_system.files" not in removed
    assert "aws_efs_mount_target.first" in removed
    assert set(bench.world.resources) == {FILES.identifier, VAULT.identifier}


def test_the_next_deploy_adopts_kept_data(bench: Bench) -> None:
    """The import is part of the plan; afterwards nothing is kept and nothing changes."""
    deploy(bench.context(), make_deployment(), YES)
    destroy(bench.context(), make_deployment(), KEEP)
    bench.world.resources[FILES.identifier]["content"] = "homework"

    deploy(bench.context(), make_deployment(), YES)

    record = read_record(bench.workspace.record)
    assert record is not None
    assert record.kept == ()
    assert not (bench.workspace.stack_dir("storage") / "adopt.tf.json").exists()
    assert not plan(bench.context(), make_deployment()).has_changes
    assert len(bench.world.resources) == 7


def test_data_kept_before_can_be_removed_later(bench: Bench) -> None:
    """Without network and stacks, a destroy that keeps nothing removes it."""
    deploy(bench.context(), make_deployment(), YES)
    destroy(bench.context(), make_deployment(), KEEP)
    shown: list[PlanReport] = []

    def confirm(report: PlanReport) -> bool:
        shown.append(report)
        return True

    report = destroy(bench.context(), None, DestroyRequest(confirm=confirm, keep_data=False))
    assert {change.address for each in shown[0].stacks for change in each.changes} == {
        "aws_efs_file_system.files",
        "aws_backup_vault.vault",
    }
    assert [(each.stack, each.removed) for each in report.stacks] == [("storage", 2)]
    assert (report.kept, report.left) == ((), ())
    assert bench.world.resources == {}


def test_kept_data_that_somebody_removed_is_forgotten(bench: Bench) -> None:
    """Its absence does not block the removal of the rest."""
    deploy(bench.context(), make_deployment(), YES)
    destroy(bench.context(), make_deployment(), KEEP)
    del bench.world.resources[VAULT.identifier]
    destroy(bench.context(), None, ALL)
    assert bench.world.resources == {}
    assert any(isinstance(each, Note) and VAULT.identifier in each.text for each in bench.events)


def test_a_vault_with_recovery_points_is_removed_by_force(bench: Bench) -> None:
    """What Terraform refuses at first is adopted with the permission and then removed."""
    deploy(bench.context(), make_deployment(), YES)

    def refuse(address: str) -> None:
        vault = bench.world.resources.get(VAULT.identifier, {})
        deleting = any(call == "forget storage" for call in bench.world.calls)
        if address == "aws_backup_vault.vault" and not (vault.get("force_destroy") or deleting):
            raise TerraformError("the vault contains recovery points")

    bench.world.fail = refuse
    report = destroy(bench.context(), make_deployment(), ALL)
    assert report.left == ()
    assert bench.world.resources == {}


def test_a_failure_stops_only_what_it_stands_on(bench: Bench) -> None:
    """The sibling is destroyed, the network stays, and the next run completes."""
    deploy(bench.context(), make_deployment(), YES)

    def fail(address: str) -> None:
        if address.endswith("cluster_a"):
            raise TerraformError("DependencyViolation")

    bench.world.fail = fail
    with pytest.raises(TerraformError):
        destroy(bench.context(), make_deployment(), ALL)
    assert {each.partition("-")[2] for each in bench.world.resources} == {
        "cluster_a",
        "network_a",
        "network_b",
    }
    bench.world.fail = lambda _: None
    assert destroy(bench.context(), make_deployment(), ALL).left == ()


def test_left_resources_keep_the_record(bench: Bench) -> None:
    """As long as something is left, the deployment is not forgotten."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.resources["stray"] = {}
    bench.world.stuck.add("stray")
    report = destroy(bench.context(), make_deployment(), ALL)
    assert [each.identifier for each in report.left] == ["stray"]
    assert bench.workspace.record.exists()


def test_stacks_that_came_with_a_newer_release_do_not_disturb(bench: Bench) -> None:
    """What was applied is what is destroyed, though today's synthesis has other stacks."""
    deploy(bench.context(), make_deployment(), YES)
    bench.world.revive()

    def newer(deployment: Deployment, out: Path, *, protect_data: bool) -> tuple[StackNode, ...]:
        raise AssertionError("destroy must not need today's synthesis")

    report = destroy(bench.context(synthesize=newer), make_deployment(), ALL)
    assert _applied(bench)[-1] == "network"
    assert report.left == ()


def test_lost_files_are_made_again(bench: Bench) -> None:
    """With the configuration, states alone are enough to destroy everything."""
    deploy(bench.context(), make_deployment(), YES)
    shutil.rmtree(bench.workspace.terraform / "stacks")
    shutil.rmtree(bench.workspace.home / "applied")
    assert destroy(bench.context(), make_deployment(), ALL).left == ()
    assert bench.world.resources == {}


def test_lost_files_without_a_configuration_are_told(bench: Bench) -> None:
    """The remedy is the configuration."""
    deploy(bench.context(), make_deployment(), YES)
    shutil.rmtree(bench.workspace.terraform / "stacks")
    shutil.rmtree(bench.workspace.home / "applied")
    with pytest.raises(StateError, match="are gone") as caught:
        destroy(bench.context(), None, ALL)
    assert "-f" in caught.value.hint


def test_a_lost_state_does_not_hold_up_what_reads_it(bench: Bench) -> None:
    """The network's state is gone: the others are destroyed by theirs, it is found by its tag."""
    deploy(bench.context(), make_deployment(), YES)
    bench.workspace.state_file("network").unlink()
    bench.world.revive()

    report = destroy(bench.context(), None, ALL)

    assert {"network", "cluster", "storage"} <= {each.stack for each in report.stacks}
    assert report.left == ()


def test_ctrl_c_at_the_question_changes_nothing_either(bench: Bench) -> None:
    """What was made ready for destroying is put back, so that status tells the truth."""
    deploy(bench.context(), make_deployment(), YES)
    files = bench.workspace.stack_dir("storage") / "cdk.tf.json"
    before = json.loads(files.read_text())

    def interrupted(_: PlanReport) -> bool:
        raise InterruptedRunError("at the question")

    with pytest.raises(InterruptedRunError):
        destroy(bench.context(), None, DestroyRequest(confirm=interrupted, keep_data=False))

    assert json.loads(files.read_text()) == before
