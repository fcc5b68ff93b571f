"""What is in no state is removed by its tag: nothing else, no data, and each is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import InterruptedRunError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from jupyterhub_eks.ports import Resource, Target
from tests.support.fakes import Bench, make_deployment

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.reports import PlanReport

DEPLOY = DeployRequest(confirm=lambda _: True)
ALL = DestroyRequest(confirm=lambda _: True, keep_data=False)
KEEP = DestroyRequest(confirm=lambda _: True, keep_data=True)
UNATTENDED = DestroyRequest(confirm=lambda _: False, keep_data=False, unattended=True)
STRAY = Resource("other", "thing", "stray")


def _notes(bench: Bench) -> str:
    return "\n".join(each.text for each in bench.events if isinstance(each, Note))


def _deployed(bench: Bench, *, cut_short: bool = False) -> None:
    """Deploy, and leave something with the tag that no state knows."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    if cut_short:
        record = json.loads(bench.workspace.record.read_text())
        record["stacks"]["network"]["state"] = "started"
        bench.workspace.record.write_text(json.dumps(record))
    bench.world.resources["stray"] = {}
    bench.world.revive()


def test_what_is_left_at_the_end_is_removed(bench: Bench) -> None:
    """Without a question: the deployment was made from here, and is destroyed."""
    _deployed(bench)

    report = destroy(bench.context(), make_deployment(), UNATTENDED)

    assert report.left == ()
    assert bench.world.resources == {}
    assert "removed other thing stray" in _notes(bench)
    assert (report.stacks[-1].stack, report.stacks[-1].removed) == ("in no state", 1)
    assert not bench.workspace.record.exists()


def test_after_a_run_that_was_cut_short_it_goes_first(bench: Bench) -> None:
    """It may hold on to what Terraform is about to destroy; the plan that is shown has it."""
    _deployed(bench, cut_short=True)
    shown: list[PlanReport] = []
    request = DestroyRequest(confirm=lambda plan: bool(shown.append(plan)) or True, keep_data=False)

    destroy(bench.context(), make_deployment(), request)

    (extra,) = [each for each in shown[0].stacks if each.stack == "in no state"]
    assert [(each.type, each.address) for each in extra.changes] == [("other thing", "stray")]
    calls = bench.world.calls
    assert calls.index("remove stray") < min(
        index for index, call in enumerate(calls) if call.startswith("apply")
    )


def test_what_states_know_is_left_to_terraform(bench: Bench) -> None:
    """By whatever of its names a state has it."""
    _deployed(bench, cut_short=True)

    destroy(bench.context(), make_deployment(), ALL)

    assert [call for call in bench.world.calls if call.startswith("remove")] == ["remove stray"]


def test_what_carries_no_tag_is_left_and_listed(bench: Bench) -> None:
    """The inventory lists it by its name; it is not ours to remove."""
    _deployed(bench, cut_short=True)
    bench.world.foreign.add("stray")

    report = destroy(bench.context(), make_deployment(), ALL)

    assert report.left == (STRAY,)
    assert "stray" in bench.world.resources


def test_what_aws_does_not_let_go_of_is_told_with_its_reason(bench: Bench) -> None:
    """The run ends, and the next one tries again."""
    _deployed(bench)
    bench.world.stuck.add("stray")

    report = destroy(bench.context(), make_deployment(), ALL)

    assert report.left == (STRAY,)
    assert "other thing stray stays: in use" in _notes(bench)
    assert bench.workspace.record.exists()


def test_data_that_is_to_be_kept_is_never_swept(bench: Bench) -> None:
    """Also a file system that no state and no record knows."""
    _deployed(bench, cut_short=True)
    unknown = "aws_efs_file_system-unknown"
    bench.world.resources[unknown] = {}

    report = destroy(bench.context(), make_deployment(), KEEP)

    assert report.left == ()
    assert unknown in {each.identifier for each in report.kept}
    assert set(bench.world.resources) == {
        unknown,
        "aws_efs_file_system-files",
        "aws_backup_vault-vault",
    }


def test_data_goes_when_it_is_to_go(bench: Bench) -> None:
    """With the data of the states goes what no state knows."""
    _deployed(bench)
    bench.world.resources["aws_efs_file_system-unknown"] = {}

    destroy(bench.context(), make_deployment(), ALL)

    assert bench.world.resources == {}


@pytest.mark.parametrize(
    ("request_", "kind", "removed"),
    [
        pytest.param(UNATTENDED, "aws", False, id="nobody to ask"),
        pytest.param(
            DestroyRequest(confirm=lambda _: False, keep_data=False), "aws", False, id="no"
        ),
        pytest.param(ALL, "aws", True, id="yes"),
        pytest.param(UNATTENDED, "local", True, id="embedded AWS"),
    ],
)
def test_what_nothing_here_knows_of_is_removed_only_on_request(
    bench: Bench, request_: DestroyRequest, kind: str, *, removed: bool
) -> None:
    """It may be somebody else's deployment of the same name."""
    bench.world.resources["stray"] = {}
    target = Target(kind="local" if kind == "local" else "aws")

    report = destroy(bench.context(target=target), make_deployment(), request_)

    assert bench.world.resources == ({} if removed else {"stray": {}})
    assert report.left == (() if removed else (STRAY,))


def test_a_deploy_after_a_cut_removes_what_was_made_twice(bench: Bench) -> None:
    """A second backup plan of the name would make backups too; other things are only told of."""
    _deployed(bench, cut_short=True)
    bench.world.resources |= {"aws_backup_plan-second": {}, "aws_eip-second": {}}

    deploy(bench.context(), make_deployment(), DEPLOY)

    assert "aws_backup_plan-second" not in bench.world.resources
    assert {"aws_eip-second", "stray"} <= bench.world.resources.keys()
    assert "removed backup plan aws_backup_plan-second" in _notes(bench)
    assert "ec2 elastic-ip aws_eip-second is left" in _notes(bench)


def test_a_deploy_of_what_is_complete_looks_for_nothing(bench: Bench) -> None:
    """Every deploy would ask every service otherwise."""
    _deployed(bench)

    deploy(bench.context(), make_deployment(), DEPLOY)

    assert "find" not in bench.world.calls


def test_a_sweep_can_be_stopped(bench: Bench) -> None:
    """It goes on with the next run."""
    _deployed(bench, cut_short=True)
    bench.world.resources["stray-2"] = {}

    def stop(text: str) -> None:
        if "removed" in text:
            bench.interrupt.set()

    def emit(event: object) -> None:
        if isinstance(event, Note):
            stop(event.text)

    with pytest.raises(InterruptedRunError):
        destroy(bench.context(emit=emit), make_deployment(), ALL)
    assert len({"stray", "stray-2"} & bench.world.resources.keys()) == 1

    assert destroy(bench.context(), make_deployment(), ALL).left == ()
