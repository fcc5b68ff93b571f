"""Status, output and eject read files only."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import RefusedError, TerraformError
from jupyterhub_eks.orchestration import statefile
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.eject import eject
from jupyterhub_eks.orchestration.output import outputs
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest
from jupyterhub_eks.orchestration.status import status
from jupyterhub_eks.ports import Target
from tests.support.fakes import Killed, make_deployment, synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)


def test_nothing_deployed_has_no_stacks(bench: Bench) -> None:
    """An unknown deployment is not an error."""
    assert status(bench.workspace).stacks == ()
    assert outputs(bench.workspace) == {}


def test_a_stack_that_was_left_out_is_named(bench: Bench) -> None:
    """A deployment of which a part is missing does not look complete."""
    deploy(bench.context(), make_deployment(), replace(YES, only=("network",)))

    lines = {each.stack: (each.state, each.detail) for each in status(bench.workspace).stacks}

    assert lines["network"] == ("applied", "")
    assert lines["cluster"] == ("absent", "not deployed")


def test_resources_are_counted_in_the_states(bench: Bench) -> None:
    """Upstream first, with the number of resources."""
    deploy(bench.context(), make_deployment(), YES)
    lines = status(bench.workspace).stacks
    assert [(each.stack, each.state, each.resources) for each in lines] == [
        ("network", "applied", 2),
        ("cluster", "applied", 2),
        ("storage", "applied", 3),
    ]


def test_a_failure_is_shown_with_its_reason(bench: Bench) -> None:
    """The last message stands in the line of the stack."""

    def fail(address: str) -> None:
        if "cluster" in address:
            raise TerraformError("no capacity")

    bench.world.fail = fail
    with pytest.raises(TerraformError):
        deploy(bench.context(), make_deployment(), YES)
    line = next(each for each in status(bench.workspace).stacks if each.stack == "cluster")
    assert (line.state, line.detail) == ("failed", "no capacity")


def test_a_killed_run_is_told(bench: Bench) -> None:
    """The command and its time are named, and the stack is partial."""
    bench.world.revive(kill_at=8)
    with pytest.raises(Killed):
        deploy(bench.context(), make_deployment(), YES)
    report = status(bench.workspace)
    assert "deploy" in report.interrupted
    assert "interrupted" in report.interrupted
    assert report.stacks[0].state == "partial"


def test_other_files_than_the_applied_ones_are_told(bench: Bench) -> None:
    """After a plan with another configuration the stack differs."""
    deploy(bench.context(), make_deployment(), YES)
    plan(bench.context(), make_deployment(backup_days=1))
    states = {each.stack: each.state for each in status(bench.workspace).stacks}
    assert states == {"network": "applied", "cluster": "applied", "storage": "changed"}


def test_a_lost_embedded_aws_is_told(bench: Bench) -> None:
    """Every line says what to do."""
    target = Target(kind="local", instance_id="one")
    deploy(bench.context(target=target), make_deployment(), YES)
    report = status(bench.workspace, "two")
    assert all("jhub local reset" in each.detail for each in report.stacks)


def test_outputs_hide_what_is_sensitive(bench: Bench) -> None:
    """Values that Terraform calls sensitive are shown only on request."""
    deploy(bench.context(), make_deployment(), YES)
    path = bench.workspace.state_file("network")
    state = json.loads(path.read_text())
    state["outputs"]["password"] = {"value": "secret", "sensitive": True}
    path.write_text(json.dumps(state))
    assert outputs(bench.workspace)["network"] == {"name": "network", "password": "(sensitive)"}
    shown = outputs(bench.workspace, show_sensitive=True)
    assert shown["network"]["password"] == "secret"


def test_states_without_a_record_are_shown(bench: Bench) -> None:
    """Who removed the record is not told that nothing is deployed."""
    deploy(bench.context(), make_deployment(), YES)
    bench.workspace.record.unlink()
    report = status(bench.workspace)
    assert [(each.stack, each.state, each.resources) for each in report.stacks] == [
        ("network", "applied", 2),
        ("cluster", "applied", 2),
        ("storage", "applied", 3),
    ]
    assert report.interrupted.startswith("the record is missing; the states of 3 stacks")


def test_a_state_that_is_gone_is_shown(bench: Bench) -> None:
    """The line of its stack says so, and where to go from there."""
    deploy(bench.context(), make_deployment(), YES)
    bench.workspace.state_file("cluster").unlink()
    line = next(each for each in status(bench.workspace).stacks if each.stack == "cluster")
    assert line.state == "failed"
    assert "is gone" in line.detail
    assert "jhub plan" in line.detail


def test_indexed_resources_and_modules_have_terraforms_addresses() -> None:
    """Addresses are what ``terraform state rm`` understands."""
    instances = [{"index_key": "a", "attributes": {}}, {"index_key": 0, "attributes": {}}]
    resource = {"mode": "managed", "type": "t", "name": "n", "module": "module.m"}
    data = {**resource, "mode": "data", "instances": instances}
    document = {
        "version": 4,
        "serial": 1,
        "lineage": "l",
        "outputs": {},
        "resources": [{**resource, "instances": instances}, data],
    }
    state = statefile.parse(json.dumps(document), "test")
    assert [each.address for each in state.resources] == ['module.m.t.n["a"]', "module.m.t.n[0]"]


def test_eject_writes_stacks_and_a_readme(tmp_path: Path) -> None:
    """The order and the backend are explained."""
    eject(synthesize, make_deployment(), tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text()
    assert readme.index("stacks/network") < readme.index("stacks/cluster")
    assert "terraform init" in readme
    assert (tmp_path / "out" / "stacks" / "network" / "cdk.tf.json").exists()


def test_eject_refuses_a_folder_with_files(tmp_path: Path) -> None:
    """Nothing is written over."""
    (tmp_path / "mine").touch()
    with pytest.raises(RefusedError, match="not empty"):
        eject(synthesize, make_deployment(), tmp_path)
