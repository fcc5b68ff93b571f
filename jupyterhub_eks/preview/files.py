"""What a preview keeps on this machine, ``<work folder>/preview/<port>``.

Databases of other versions are moved aside, never read: JupyterHub would refuse them, or
change them for good.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.releases.z2jh import names
from jupyterhub_eks.replacing import replace_file
from jupyterhub_eks.workspace import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FOLDER: Final = "preview"
# Of these files, not of JupyterHub's.
FORMAT: Final = "1"
_SQLITE: Final = b"SQLite format 3\x00"
_COOKIE_SECRET: Final = "cookie_secret"  # noqa: S105 - a name
# 32 bytes, as JupyterHub writes them.
_WRITTEN_SECRET: Final = re.compile(rb"[0-9a-f]{64}\s*")
# JupyterHub's database with what SQLite puts beside it, and the key of its cookies.
_OF_HUB: Final = (
    "jupyterhub.sqlite",
    "jupyterhub.sqlite-journal",
    "jupyterhub.sqlite-shm",
    "jupyterhub.sqlite-wal",
    _COOKIE_SECRET,
    "jupyterhub_cookie_secret",
)
_KEPT_LOG_BYTES: Final = 5 * 1024 * 1024
# A hub that starts servers writes little; with less than this it would fail soon.
_LEAST_ROOM: Final = 20 * 1024 * 1024


@dataclass(frozen=True)
class PreviewFiles:
    """Paths of one preview; nothing is created by reading one."""

    home: Path

    @property
    def document(self) -> Path:
        """What the hub is told; holds secrets."""
        return self.home / "document.json"

    @property
    def record(self) -> Path:
        """Names the processes that run."""
        return self.home / "running.json"

    @property
    def lock(self) -> Path:
        """Held by the command as long as it lives."""
        return self.home / "lock"

    @property
    def stamp(self) -> Path:
        """Says of which versions the state is."""
        return self.home / "state.json"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.home / "logs"

    def log(self, name: str) -> Path:
        """Log of a process."""
        return self.logs / f"{name}.log"

    def claim(self, name: str) -> Path:
        """Folder that stands for a volume claim."""
        own = {names.HOME_CLAIM: "homes", names.SHARED_CLAIM: "shared"}
        return self.home / own[name] if name in own else self.home / "claims" / name


def preview_files(work_dir: Path, port: int) -> PreviewFiles:
    """Return the paths of the preview on a port."""
    return PreviewFiles(work_dir.absolute() / FOLDER / str(port))


def previews(work_dir: Path) -> tuple[int, ...]:
    """Return the ports of which a work folder has a preview's state.

    Raises:
        StateError: It may not be looked into.
    """
    folder = work_dir / FOLDER
    try:
        found = [each for each in folder.iterdir() if each.name.isdigit() and each.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise unreadable(folder, error) from error
    return tuple(sorted(int(each.name) for each in found))


def prepare(files: PreviewFiles, work_dir: Path, claims: Iterable[str]) -> None:
    """Make the folders, and see that they can be written.

    Raises:
        StateError: One cannot be, or the disk is full.
    """
    folder = files.home
    try:
        make_private(work_dir)
        for folder in (files.home, files.logs, *(files.claim(each) for each in claims)):
            folder.mkdir(parents=True, exist_ok=True)
            replace_file(folder / ".writable", b"x" * 4096)
            (folder / ".writable").unlink()
        _shorten_logs(files)
    except OSError as error:
        raise unwritable(folder, error) from error
    free = shutil.disk_usage(files.home).free
    if free < _LEAST_ROOM:
        raise StateError(
            f"the disk of {files.home} is full",
            cause=f"{free // 1024**2} MiB are free",
            hint="make room, or choose another folder with --work-dir",
        )


def unwritable(path: Path, error: OSError) -> StateError:
    """Return what is said of a place that cannot be written."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StateError(
        f"the disk of {path} is full" if full else f"cannot write into {path}",
        cause=error.strerror or str(error),
        hint="make room, or choose another folder with --work-dir"
        if full
        else "correct its permissions, or choose another folder with --work-dir",
    )


def unreadable(path: Path, error: OSError) -> StateError:
    """Return what is said of a place that may not be looked into."""
    return StateError(
        f"cannot look into {path}",
        cause=error.strerror or str(error),
        hint="correct its permissions, or choose another folder with --work-dir",
    )


def settle_state(files: PreviewFiles, versions: Mapping[str, str]) -> Path | None:
    """Move the state of other versions, or of another hub, aside; return where it is now.

    Homes stay: they are folders with files of people, whatever hub leads there.

    Args:
        files: Where the state lies.
        versions: What it has to be of.

    Raises:
        StateError: It cannot be moved or written.
    """
    wanted = {"format": FORMAT, **versions}
    found = [path for name in _OF_HUB if (path := files.home / name).exists()]
    try:
        aside = None
        if found and (_stamp(files.stamp) != wanted or not _is_database(files.home / _OF_HUB[0])):
            aside = files.home / "kept" / time.strftime("%Y%m%d-%H%M%S")
            aside.mkdir(parents=True, exist_ok=True)
            for path in found:
                path.replace(aside / path.name)
        _settle_secret(files.home / _COOKIE_SECRET)
        replace_file(files.stamp, json.dumps(wanted, indent=1).encode())
    except OSError as error:
        raise unwritable(files.home, error) from error
    return aside


def _stamp(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _is_database(path: Path) -> bool:
    """Whether it is a database, or none has been made yet."""
    if not path.exists():
        return True
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    return head == b"" or (head == _SQLITE and _is_sound(path))


def _is_sound(database: Path) -> bool:
    """Whether SQLite can read what a hub that was killed, or a full disk, has left."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:  # not damaged: e.g. no room for what SQLite puts beside it
        return True
    except sqlite3.DatabaseError:
        return False
    return bool(found == ("ok",))


def _settle_secret(path: Path) -> None:
    """Let JupyterHub make another key of cookies where it would refuse this one for ever.

    It writes the key before it takes the file from others, and may be killed in between.
    """
    if not path.exists():
        return
    path.chmod(0o600)
    if not _WRITTEN_SECRET.fullmatch(path.read_bytes()):
        path.unlink()


def _shorten_logs(files: PreviewFiles) -> None:
    """Let a log begin anew when it has become long."""
    for log in files.logs.glob("*.log"):
        if log.stat().st_size > _KEPT_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
