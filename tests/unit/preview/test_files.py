"""The state of a preview: another hub's is kept aside, and what cannot be written is said."""

from __future__ import annotations

import errno
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.preview import files as module
from jupyterhub_eks.preview.ending import stop
from jupyterhub_eks.preview.files import (
    PreviewFiles,
    prepare,
    preview_files,
    previews,
    settle_state,
    unwritable,
)

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = {"jupyterhub": "5.5.0", "deployment": "demo"}
SECRET = "5e" * 32 + "\n"


def database() -> bytes:
    """Return a small database."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE users (name TEXT)")
        connection.commit()
        return connection.serialize()


DATABASE = database()


def made(root: Path, content: bytes = DATABASE) -> PreviewFiles:
    """Return a state with a database and a cookie secret."""
    files = preview_files(root, 8000)
    prepare(files, root, ("home",))
    (files.home / "jupyterhub.sqlite").write_bytes(content)
    (files.home / "cookie_secret").write_text(SECRET)
    return files


def test_each_port_has_a_state_of_its_own(tmp_path: Path) -> None:
    """Two previews side by side share nothing."""
    for port in (8000, 8001):
        prepare(preview_files(tmp_path, port), tmp_path, ("home", "shared"))

    assert previews(tmp_path) == (8000, 8001)
    assert (tmp_path / "preview" / "8001" / "homes").is_dir()
    assert (tmp_path / "preview" / "8001" / "shared").is_dir()


def test_the_work_folder_is_private(tmp_path: Path) -> None:
    """It holds passwords and the key of cookies."""
    root = tmp_path / "work"
    prepare(preview_files(root, 8000), root, ())

    assert root.stat().st_mode & 0o777 == 0o700


def test_a_state_of_the_same_hub_is_gone_on_with(tmp_path: Path) -> None:
    """Users and sessions survive a restart."""
    files = made(tmp_path)
    (files.home / "jupyterhub.sqlite").unlink()
    assert settle_state(files, VERSIONS) is not None  # the cookie secret, of nobody knows whom
    (files.home / "jupyterhub.sqlite").write_bytes(DATABASE)

    assert settle_state(files, VERSIONS) is None
    assert (files.home / "jupyterhub.sqlite").read_bytes() == DATABASE


@pytest.mark.parametrize("stamp", ["", "{", "[]", json.dumps({"format": "0", **VERSIONS})])
def test_a_state_of_another_version_is_kept_aside(tmp_path: Path, stamp: str) -> None:
    """Homes stay where they are: they hold files of people."""
    files = made(tmp_path)
    files.stamp.write_text(stamp)
    (files.claim("home") / "alice").mkdir()

    aside = settle_state(files, VERSIONS)

    assert aside is not None
    assert (aside / "jupyterhub.sqlite").read_bytes() == DATABASE
    assert (aside / "cookie_secret").exists()
    assert not (files.home / "jupyterhub.sqlite").exists()
    assert (files.claim("home") / "alice").is_dir()


@pytest.mark.parametrize("content", [b"no database at all", DATABASE[:16] + b"?" * 8000])
def test_a_damaged_database_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    """JupyterHub would end with a traceback, also where only the beginning is left."""
    files = made(tmp_path)
    settle_state(files, VERSIONS)
    made(tmp_path, content)

    aside = settle_state(files, VERSIONS)

    assert aside is not None
    assert (aside / "jupyterhub.sqlite").read_bytes() == content


def test_a_key_of_cookies_that_the_hub_would_refuse_is_made_anew(tmp_path: Path) -> None:
    """It was killed while it wrote the key, or before it took the file from others."""
    files = made(tmp_path)
    settle_state(files, VERSIONS)
    made(tmp_path)
    key = files.home / "cookie_secret"
    key.chmod(0o644)

    assert settle_state(files, VERSIONS) is None
    assert key.read_text() == SECRET
    assert key.stat().st_mode & 0o777 == 0o600

    key.write_text("5e5")
    assert settle_state(files, VERSIONS) is None
    assert not key.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file stands in its way, which also root cannot write into."""
    (tmp_path / "preview").write_text("in the way")

    with pytest.raises(StateError, match="cannot write into") as raised:
        prepare(preview_files(tmp_path, 8000), tmp_path, ())
    assert "--work-dir" in raised.value.hint


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too little room the hub would fail in its midst."""
    monkeypatch.setattr(module, "_LEAST_ROOM", 2**63)

    with pytest.raises(StateError, match="is full"):
        prepare(preview_files(tmp_path, 8000), tmp_path, ())


def test_no_room_reads_otherwise_than_no_permission(tmp_path: Path) -> None:
    """What to do is not the same."""
    full = unwritable(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    closed = unwritable(tmp_path, OSError(errno.EACCES, "Permission denied"))

    assert ("full" in full.message, "room" in full.hint) == (True, True)
    assert ("cannot write" in closed.message, "permissions" in closed.hint) == (True, True)


def test_a_long_log_begins_anew(tmp_path: Path) -> None:
    """Nobody looks after logs of a preview."""
    files = made(tmp_path)
    files.log("hub").write_bytes(b"x" * (module._KEPT_LOG_BYTES + 1))

    prepare(files, tmp_path, ())

    assert not files.log("hub").exists()
    assert files.logs.joinpath("hub.log.1").exists()


def test_a_work_folder_that_may_not_be_looked_into_is_said(tmp_path: Path) -> None:
    """A name that is too long is refused to everybody, even root."""
    folder = tmp_path / ("x" * 300)

    with pytest.raises(StateError, match="cannot look into") as raised:
        previews(folder)
    assert "--work-dir" in raised.value.hint
    with pytest.raises(StateError, match="cannot look into"):
        stop(preview_files(folder, 8000))


def test_a_work_folder_without_previews_has_no_ports(tmp_path: Path) -> None:
    """Nor one that is no folder."""
    (tmp_path / "file").touch()

    assert previews(tmp_path) == previews(tmp_path / "file") == previews(tmp_path / "none") == ()
