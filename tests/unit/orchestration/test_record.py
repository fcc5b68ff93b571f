"""The record survives damage, full disks and newer releases without losing anything."""

from __future__ import annotations

import errno
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.record import (
    DamagedRecordError,
    KeptResource,
    Record,
    RunningCommand,
    StackRecord,
    from_json,
    previous,
    read_record,
    recorded_sources,
    to_json,
)
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes import Bench

DEPLOY = DeployRequest(confirm=lambda _: True)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every part survives the round trip."""
    kept = KeptResource(
        service="efs", kind="file-system", identifier="fs-1", stack="storage", address="a.b"
    )
    record = Record(
        deployment="hub",
        target="aws",
        sources={"files": ["jhub.yaml"]},
        stacks={"network": StackRecord(state="applied", depends_on=("x",))},
        kept=(kept,),
        command=RunningCommand(name="deploy", pid=1, since="now"),
    )
    assert from_json(to_json(record), tmp_path) == record


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema_version": 1}', '{"stacks": {}}'])
def test_anything_else_is_called_damaged(tmp_path: Path, text: str) -> None:
    """No content of the file ends in an unexpected error."""
    with pytest.raises(DamagedRecordError):
        from_json(text, tmp_path)


def test_what_is_wrong_with_a_record_is_said_in_words(tmp_path: Path) -> None:
    """Not in those of the program."""
    causes = {}
    for text in ("null", "{}"):
        with pytest.raises(DamagedRecordError) as caught:
            from_json(text, tmp_path)
        causes[text] = caught.value.cause
    assert causes == {
        "null": "it holds 'null', not an object",
        "{}": "it has no 'schema_version'",
    }


def test_a_folder_in_place_of_the_record_is_told(bench: Bench) -> None:
    """The hint moves it away; the record is then made again from the states."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    record = bench.workspace.record
    record.unlink()
    record.mkdir()
    with pytest.raises(StateError, match="is a folder") as caught:
        plan(bench.context(), make_deployment())
    assert f"mv {record} " in caught.value.hint


def test_a_copied_folder_is_refused(bench: Bench) -> None:
    """Its states are those of the other deployment, which it would change."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    copy = Workspace(root=bench.workspace.root, target="aws", name="copy")
    shutil.copytree(bench.workspace.home, copy.home)
    with pytest.raises(StateError, match="of another deployment") as caught:
        read_record(copy.record)
    assert "'hub'" in caught.value.cause
    assert str(bench.workspace.home) in caught.value.hint


def test_a_newer_record_is_left_alone(bench: Bench) -> None:
    """The remedy is an upgrade, and the file stays as it is."""
    text = json.dumps({"schema_version": 99})
    bench.workspace.record.parent.mkdir(parents=True)
    bench.workspace.record.write_text(text)
    with pytest.raises(StateError, match="newer jhub"):
        plan(bench.context(), make_deployment())
    assert bench.workspace.record.read_text() == text


def test_a_truncated_record_is_rebuilt_from_the_states(bench: Bench) -> None:
    """The next command says so, keeps the damaged file, and sees no changes."""
    deployment = make_deployment()
    deploy(bench.context(), deployment, DEPLOY)
    damaged = bench.workspace.record.read_text()[:100]
    bench.workspace.record.write_text(damaged)

    report = plan(bench.context(), deployment)

    assert not report.has_changes
    assert bench.workspace.record.with_name("record.json.broken-1").read_text() == damaged
    assert any(isinstance(each, Note) and "broken-1" in each.text for each in bench.events)


def test_kept_data_outlives_a_truncated_record(bench: Bench) -> None:
    """What was kept is taken from the record before the last write."""
    deployment = make_deployment()
    deploy(bench.context(), deployment, DEPLOY)
    keep = DestroyRequest(confirm=lambda _: True, keep_data=True)
    destroy(bench.context(), deployment, keep)
    bench.workspace.record.write_text("{")

    plan(bench.context(), deployment)

    record = read_record(bench.workspace.record)
    assert record is not None
    assert {each.identifier for each in record.kept} == {
        "aws_efs_file_system-files",
        "aws_backup_vault-vault",
    }


def test_sources_of_a_damaged_record_come_from_the_one_before(bench: Bench) -> None:
    """A command without files still finds its configuration."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    bench.workspace.record.write_text("")
    assert recorded_sources(bench.workspace) == {"files": ["jhub.yaml"]}


def test_without_any_readable_record_the_damage_is_told(bench: Bench) -> None:
    """The error names the remedy."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    bench.workspace.record.write_text("")
    previous(bench.workspace.record).write_text("")
    with pytest.raises(DamagedRecordError) as caught:
        recorded_sources(bench.workspace)
    assert "-f" in caught.value.hint


def test_states_without_a_record_are_found(bench: Bench) -> None:
    """A record that was removed by hand is made again, so that destroy finds everything."""
    deploy(bench.context(), make_deployment(), DEPLOY)
    bench.workspace.record.unlink()
    request = DestroyRequest(confirm=lambda _: True, keep_data=False)
    report = destroy(bench.context(), None, request)
    assert report.left == ()
    assert bench.world.resources == {}


def test_a_full_disk_stops_the_run_and_keeps_the_old_record(bench: Bench) -> None:
    """The error is a StateError; with room again the same command completes."""
    deployment = make_deployment()
    writes = 0

    def full_after_three(path: Path, text: str) -> None:
        nonlocal writes
        writes += 1
        if writes > 3:
            raise StateError(f"cannot write {path}", cause=str(OSError(errno.ENOSPC, "No space")))
        bench.write_record(path, text)

    with pytest.raises(StateError, match="cannot write"):
        deploy(bench.context(write_record=full_after_three), deployment, DEPLOY)
    assert read_record(bench.workspace.record) is not None

    deploy(bench.context(), deployment, DEPLOY)
    assert not plan(bench.context(), deployment).has_changes
