"""A file is replaced as a whole or not at all."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """Records and saved files name accounts."""
    write_atomically(tmp_path / "sub" / "file", "x")
    assert stat.S_IMODE((tmp_path / "sub" / "file").stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    """The temporary file does not stay behind."""
    target = tmp_path / "file"
    target.mkdir()  # replacing a folder by a file fails as a full disk would
    with pytest.raises(StateError, match="cannot write"):
        write_atomically(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
