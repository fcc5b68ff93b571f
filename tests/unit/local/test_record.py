"""The record of the process survives whatever happened to its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.local.record import ServerRecord

if TYPE_CHECKING:
    from pathlib import Path

RECORD = ServerRecord(pid=7, process_started="99", port=4000, instance_id="abc", launched=1.5)


def test_record_is_read_as_written(tmp_path: Path) -> None:
    """Writing and reading gives the same record and leaves no draft behind."""
    RECORD.write(tmp_path / "server.json")

    assert ServerRecord.read(tmp_path / "server.json") == RECORD
    assert [path.name for path in tmp_path.iterdir()] == ["server.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 7}', '{"pid": "x", "port": 1}'])
def test_unusable_record_counts_as_none(tmp_path: Path, text: str) -> None:
    """A truncated or foreign file is no record."""
    (tmp_path / "server.json").write_text(text)

    assert ServerRecord.read(tmp_path / "server.json") is None


def test_missing_record_is_none(tmp_path: Path) -> None:
    """Without a file there is no record."""
    assert ServerRecord.read(tmp_path / "server.json") is None
