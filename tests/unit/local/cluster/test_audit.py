"""The audit log as a list of changes in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.local.cluster.audit import read_changes

if TYPE_CHECKING:
    from pathlib import Path


def event(verb: str, name: str, **changed: Any) -> str:
    """A line of the log."""
    document = {
        "stage": "ResponseComplete",
        "verb": verb,
        "user": {"username": "jhub-admin"},
        "objectRef": {"resource": "nodepools", "apiGroup": "karpenter.sh", "name": name},
        "responseStatus": {"code": 200},
        "stageTimestamp": "2026-11-21T12:00:00.000000Z",
        **changed,
    }
    return json.dumps(document) + "\n"


def test_changes_come_in_the_order_of_the_log(tmp_path: Path) -> None:
    """One change for each line that was carried out or refused."""
    log = tmp_path / "audit.log"
    log.write_text(
        event("create", "cpu")
        + event("delete", "cpu", responseStatus={"code": 409})
        + event("delete", "cpu")
    )

    changes = list(read_changes(log))

    assert [(each.verb, each.name, each.ok) for each in changes] == [
        ("create", "cpu", True),
        ("delete", "cpu", False),
        ("delete", "cpu", True),
    ]
    assert {(each.group, each.resource) for each in changes} == {("karpenter.sh", "nodepools")}


def test_subresources_are_told_apart(tmp_path: Path) -> None:
    """A new status is not a new object."""
    log = tmp_path / "audit.log"
    log.write_text(event("patch", "n", objectRef={"resource": "nodes", "subresource": "status"}))

    assert [each.resource for each in read_changes(log)] == ["nodes/status"]


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path) -> None:
    """The API server writes while the log is read."""
    log = tmp_path / "audit.log"
    log.write_text(event("create", "cpu") + event("delete", "cpu")[:40])

    assert [each.verb for each in read_changes(log)] == ["create"]


def test_other_stages_and_calls_without_an_object_are_no_changes(tmp_path: Path) -> None:
    """A long call is not counted when it begins."""
    log = tmp_path / "audit.log"
    log.write_text(event("create", "a", stage="Panic") + event("create", "b", objectRef=None))

    assert list(read_changes(log)) == []
