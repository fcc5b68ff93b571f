"""States that a full disk damaged come back, or their remedy is told; none is guessed."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from jupyterhub_eks.orchestration.status import status
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes import Bench

DEPLOY = DeployRequest(confirm=lambda _: True)
DESTROY = DestroyRequest(confirm=lambda _: True, keep_data=False)


@pytest.fixture
def state(bench: Bench) -> Path:
    """Deploy, and return the state file of stack ``network``."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    return bench.workspace.state_file("network")


def _errored(bench: Bench) -> Path:
    return bench.workspace.stack_dir("network") / "errored.tfstate"


def _changed(text: str, **changes: Any) -> str:
    return json.dumps({**json.loads(text), **changes})


def _notes(bench: Bench) -> str:
    return "\n".join(each.text for each in bench.events if isinstance(each, Note))


def _told(bench: Bench) -> StateError:
    with pytest.raises(StateError) as caught:
        plan(bench.context(), make_deployment())
    return caught.value


@pytest.mark.parametrize("left", ["", '{"version": 4,', "\x00\x00"])
def test_half_a_state_is_replaced_by_the_whole_one(bench: Bench, state: Path, left: str) -> None:
    """The run says so in a line, keeps the damaged file, and goes on."""
    whole = state.read_text()
    _errored(bench).write_text(whole)
    state.write_text(left)

    assert not plan(bench.context(), make_deployment()).has_changes

    assert state.read_text() == whole
    assert state.with_name("network.tfstate.damaged-1").read_text() == left
    assert not _errored(bench).exists()
    assert "network.tfstate.damaged-1" in _notes(bench)


def test_a_state_that_was_never_written_comes_back(bench: Bench, state: Path) -> None:
    """The disk was full at the first write."""
    state.rename(_errored(bench))

    assert not plan(bench.context(), make_deployment()).has_changes


def test_a_newer_state_replaces_an_older_one(bench: Bench, state: Path) -> None:
    """A write that failed before it began leaves the former state whole."""
    newer = _changed(state.read_text(), serial=99)
    _errored(bench).write_text(newer)

    plan(bench.context(), make_deployment())

    assert state.read_text() == newer


def test_a_run_killed_while_it_recovered_is_continued(bench: Bench, state: Path) -> None:
    """The same content twice is no contradiction, and needs no second copy."""
    _errored(bench).write_text(state.read_text())

    plan(bench.context(), make_deployment())

    assert not _errored(bench).exists()
    assert not state.with_name("network.tfstate.damaged-1").exists()


@pytest.mark.parametrize(
    ("changes", "cause"), [({"lineage": "another"}, "lineages differ"), ({"serial": 0}, "serial")]
)
def test_what_does_not_continue_the_state_is_left_to_people(
    bench: Bench, state: Path, changes: dict[str, Any], cause: str
) -> None:
    """Both files stay, and the error has a command for either choice."""
    before = state.read_text()
    _errored(bench).write_text(_changed(before, **changes))

    error = _told(bench)

    assert cause in error.cause
    assert f"rm {_errored(bench)}" in error.hint
    assert f"mv {_errored(bench)} {state}" in error.hint
    assert state.read_text() == before
    assert _errored(bench).exists()


def test_a_foreign_state_does_not_replace_a_damaged_one(bench: Bench, state: Path) -> None:
    """Terraform's backup tells the lineage that the damaged file had."""
    state.with_name("network.tfstate.backup").write_text(state.read_text())
    _errored(bench).write_text(_changed(state.read_text(), lineage="another"))
    state.write_text("{")

    assert "lineages differ" in _told(bench).cause


def test_a_damaged_copy_is_put_aside_when_the_state_is_whole(bench: Bench, state: Path) -> None:
    """The run goes on from the state, and says what it did."""
    _errored(bench).write_text("{")

    assert not plan(bench.context(), make_deployment()).has_changes

    assert _errored(bench).with_name("errored.tfstate.damaged-1").exists()
    assert "errored.tfstate is damaged" in _notes(bench)


@pytest.mark.parametrize("damage", ["{", "", None])
def test_a_backup_is_named_and_not_taken(bench: Bench, state: Path, damage: str | None) -> None:
    """It is older: whether something was created since is for people to know."""
    whole = state.read_text()
    state.with_name("network.tfstate.backup").write_text(_changed(whole, serial=1, resources=[]))
    state.with_name("network.tfstate.1763.backup").write_text(whole)
    state.unlink()
    if damage is not None:
        state.write_text(damage)

    hint = _told(bench).hint

    command = next(line for line in hint.splitlines() if line.startswith("cp "))
    assert "2 resources" in hint
    assert shlex.split(command)[2] == str(state)
    subprocess.run(shlex.split(command), check=True)
    assert not plan(bench.context(), make_deployment()).has_changes


def test_without_any_copy_the_loss_is_told(bench: Bench, state: Path) -> None:
    """Nothing is created a second time."""
    state.unlink()
    before = dict(bench.world.resources)

    with pytest.raises(StateError, match="state of stack 'network' is gone") as caught:
        deploy(bench.context(), make_deployment(), DEPLOY)

    assert "2 resources were recorded" in caught.value.cause
    assert "backup of yours" in caught.value.hint
    assert bench.world.resources == before


def test_status_says_that_the_state_will_come_back(bench: Bench, state: Path) -> None:
    """It changes nothing itself."""
    _errored(bench).write_text(state.read_text())
    state.write_text("{")

    with pytest.raises(StateError) as caught:
        status(bench.workspace)

    assert "jhub plan" in caught.value.hint
    assert state.read_text() == "{"


def test_destroy_goes_on_without_a_lost_state(bench: Bench, state: Path) -> None:
    """It says so; what only that state knew is found by its tag, and removed."""
    state.unlink()

    report = destroy(bench.context(), make_deployment(), DESTROY)

    assert "state of stack 'network' is gone" in _notes(bench)
    assert {each.stack for each in report.stacks} == {
        "network",
        "cluster",
        "storage",
        "in no state",
    }
    assert "removed other thing aws_thing-network_a, which no state knew" in _notes(bench)
    assert report.left == ()
    assert bench.world.resources == {}


def _on_a_shared_backend(bench: Bench) -> None:
    """Let the backend of ``network`` be ``s3``, of which the fake keeps the state in a file."""
    path = bench.workspace.stack_dir("network") / "cdk.tf.json"
    document = json.loads(path.read_text())
    document["terraform"]["backend"] = {"s3": {}, **document["terraform"]["backend"]}
    path.write_text(json.dumps(document))


def test_a_shared_backend_is_given_the_state(bench: Bench, state: Path) -> None:
    """Terraform hands it over, and the file is gone."""
    newer = _changed(state.read_text(), serial=99)
    _errored(bench).write_text(newer)
    _on_a_shared_backend(bench)

    plan(bench.context(), make_deployment())

    assert json.loads(state.read_text())["serial"] == 99
    assert not _errored(bench).exists()
    assert "given to the backend" in _notes(bench)


def test_a_shared_backend_may_refuse(bench: Bench, state: Path) -> None:
    """Then people decide, with a command for either choice."""
    _errored(bench).write_text(_changed(state.read_text(), serial=0))
    _on_a_shared_backend(bench)

    error = _told(bench)

    assert "terraform state push -force errored.tfstate" in error.hint
    assert f"rm {_errored(bench)}" in error.hint
    assert _errored(bench).exists()
