"""What an interrupted run left in the account is taken back; what is not ours never is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import AlreadyExistsError, RefusedError
from jupyterhub_eks.orchestration import adoption
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.finding import find_unknown
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.record import previous
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest, StackNode
from jupyterhub_eks.orchestration.session import open_session
from jupyterhub_eks.ports import PlannedChange
from tests.support.fakes import Bench, Killed, make_deployment

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = DeployRequest(confirm=lambda _: True)
THING = "aws_thing-network_a"


def _notes(bench: Bench) -> str:
    return "\n".join(each.text for each in bench.events if isinstance(each, Note))


def _forget_in_state(bench: Bench, stack: str, address: str) -> None:
    """Let a state know nothing of a resource that exists."""
    path = bench.workspace.state_file(stack)
    state = json.loads(path.read_text())
    state["resources"] = [
        each for each in state["resources"] if f"{each['type']}.{each['name']}" != address
    ]
    path.write_text(json.dumps(state))


def _kill_after_the_first_create(bench: Bench) -> None:
    """End everything when AWS has made a resource and the state does not have it yet."""
    deployment = make_deployment()
    kill_at = 0
    while THING not in bench.world.resources:
        kill_at += 1
        bench.world.revive(kill_at)
        with pytest.raises(Killed):
            deploy(bench.context(parallelism=1), deployment, DEPLOY)
    bench.world.revive()


def test_what_a_killed_run_created_is_taken_back(bench: Bench) -> None:
    """The next run says so, imports it, and completes."""
    _kill_after_the_first_create(bench)

    deploy(bench.context(), make_deployment(), DEPLOY)

    assert "found 1 resource of this deployment" in _notes(bench)
    assert "aws_thing.network_a" in _notes(bench)
    assert not plan(bench.context(), make_deployment()).has_changes


def test_the_plan_shows_what_is_taken_back(bench: Bench) -> None:
    """It is an import, not a create."""
    _kill_after_the_first_create(bench)

    report = plan(bench.context(), make_deployment())

    (network,) = [each for each in report.stacks if each.stack == "network"]
    actions = {each.address: each.actions for each in network.changes}
    assert actions["aws_thing.network_a"] == ("import",)
    assert actions["aws_thing.network_b"] == ("create",)


def test_a_create_that_fails_because_it_exists_is_made_an_import(bench: Bench) -> None:
    """Also in a stack that was complete: its state came from an older backup."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    _forget_in_state(bench, "network", "aws_thing.network_a")

    deploy(bench.context(), make_deployment(), DEPLOY)

    assert "taking back aws_thing.network_a" in _notes(bench)
    assert not plan(bench.context(), make_deployment()).has_changes


def test_what_carries_no_tag_is_never_taken(bench: Bench) -> None:
    """Somebody else's resource of the name ends the run, and stays as it is."""
    bench.world.resources[THING] = {"id": THING, "owner": "somebody"}
    bench.world.foreign.add(THING)

    for _ in range(2):  # the second time the stack counts as cut short
        with pytest.raises(AlreadyExistsError):
            deploy(bench.context(), make_deployment(), DEPLOY)

    assert bench.world.resources[THING]["owner"] == "somebody"
    assert "taking back" not in _notes(bench)


def test_a_reviewed_plan_takes_nothing_over(bench: Bench, tmp_path: Path) -> None:
    """Exactly what was reviewed is applied, so the failure stands."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    _forget_in_state(bench, "network", "aws_thing.network_a")
    plan(bench.context(), make_deployment(), out=tmp_path / "out")

    with pytest.raises(AlreadyExistsError):
        deploy(
            bench.context(),
            make_deployment(),
            DeployRequest(confirm=lambda _: True, plan_dir=tmp_path / "out"),
        )


def test_taking_back_never_replaces(bench: Bench) -> None:
    """What uses the resource would lose it."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    replaced = PlannedChange(
        address="aws_thing.network_a", type="aws_thing", actions=("delete", "create")
    )
    with open_session(bench.context(), "deploy", make_deployment()) as session:
        adoption.refuse_replacement(session, "network", [replaced])
        adoption.write_imports(session, "network", {"aws_thing.network_a": "id-1"})
        with pytest.raises(RefusedError, match="id-1") as caught:
            adoption.refuse_replacement(session, "network", [replaced])
    assert "would replace it" in caught.value.message


def _asked_for(bench: Bench, thing: dict[str, object]) -> dict[str, object]:
    """Declare ``aws_thing.x`` in stack ``storage``; return what the cloud is asked for."""
    directory = bench.workspace.stack_dir("storage")
    document = json.loads((directory / "cdk.tf.json").read_text())
    document["resource"]["aws_thing"] = {"x": thing, "many": {"count": 2}}
    document["data"] = {
        "terraform_remote_state": {"upstream": {"config": {"path": "../../state/network.tfstate"}}}
    }
    (directory / "cdk.tf.json").write_text(json.dumps(document))
    node = StackNode(name="storage", directory=directory, depends_on=("network",), resources=1)
    with open_session(bench.context(), "deploy", make_deployment()) as session:
        find_unknown(session, node)
    (asked,) = bench.cloud.wanted
    assert (asked.address, asked.type) == ("aws_thing.x", "aws_thing")
    return dict(asked.settings)


def test_references_are_resolved_as_far_as_states_know_them(bench: Bench) -> None:
    """Values of the stack's own resources, and outputs of those upstream; others are left out."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    thing = {
        "name": "literal",
        "days": 3,
        "of_resource": "${aws_efs_file_system.files.id}",
        "of_stack": "${data.terraform_remote_state.upstream.outputs.name}",
        "of_nobody": "${aws_gone.gone.id}",
        "of_no_stack": "${data.terraform_remote_state.upstream.outputs.gone}",
        "expression": "a-${aws_efs_file_system.files.id}",
    }

    assert _asked_for(bench, thing) == {
        "name": "literal",
        "days": 3,
        "of_resource": "aws_efs_file_system-files",
        "of_stack": "network",
    }


def test_what_is_found_tells_where_to_look_next(bench: Bench) -> None:
    """A file system that is taken back gives its id to the search for what is in it."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    _forget_in_state(bench, "storage", "aws_efs_file_system.files")

    assert _asked_for(bench, {"of_resource": "${aws_efs_file_system.files.id}"}) == {
        "of_resource": "aws_efs_file_system-files"
    }


def _lose_everything(bench: Bench) -> Bench:
    """Return a bench of another folder with the same account."""
    other = Bench(bench.workspace.root / "elsewhere")
    other.world.resources = bench.world.resources
    return other


def test_a_deployment_made_elsewhere_is_not_touched(bench: Bench) -> None:
    """Neither taken over nor made a second time; the error says where to work."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    other = _lose_everything(bench)
    before = dict(bench.world.resources)

    for command in (
        lambda: plan(other.context(), make_deployment()),
        lambda: deploy(other.context(), make_deployment(), DEPLOY),
    ):
        with pytest.raises(RefusedError, match="nothing here knows of them") as caught:
            command()
        assert "another `name`" in caught.value.hint

    assert bench.world.resources == before


def test_data_is_taken_back_although_its_record_is_lost(bench: Bench) -> None:
    """It is found by its tag, once nothing else is left of the deployment."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    keep = DestroyRequest(confirm=lambda _: True, keep_data=True)
    destroy(bench.context(), make_deployment(), keep)
    bench.workspace.record.unlink()
    previous(bench.workspace.record).unlink()
    other = _lose_everything(bench)

    report = plan(other.context(), make_deployment())
    assert {each.identifier for each in report.kept} == {
        "aws_efs_file_system-files",
        "aws_backup_vault-vault",
    }
    deploy(other.context(), make_deployment(), DEPLOY)

    assert "found data that an earlier destroy kept" in _notes(other)
    assert not plan(other.context(), make_deployment()).has_changes
    assert "aws_efs_file_system-files" in other.world.resources
