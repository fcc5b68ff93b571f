"""Processes: only the very one of a record is ever signalled."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from jupyterhub_eks.local.cluster.files import plane_files
from jupyterhub_eks.local.cluster.running import ProcessRecord, end
from jupyterhub_eks.local.processes import started_at

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, **changed: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {"pid": os.getpid(), "process_started": "x", "launched": 1, "fingerprint": "f"}
    path.write_text(json.dumps({**document, **changed}))


def test_a_later_process_with_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    """The record names another start, so this very process must survive."""
    files = plane_files(tmp_path, "demo")
    write(files.process("etcd"), process_started="long ago")

    assert end(files, ["etcd"]) == ()
    assert not files.process("etcd").exists()


def test_a_running_process_is_recognised(tmp_path: Path) -> None:
    """Pid and start time together say who it is."""
    path = tmp_path / "etcd.json"
    write(path, process_started=started_at(os.getpid()))

    record = ProcessRecord.read(path)

    assert record is not None
    assert record.alive


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    """What cannot be read says nothing about any process."""
    path = tmp_path / "etcd.json"
    for text in ("", "[]", '{"pid": "x"}'):
        path.write_text(text)
        assert ProcessRecord.read(path) is None
