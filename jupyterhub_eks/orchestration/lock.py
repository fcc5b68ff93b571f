"""Keep two runs on one deployment apart."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.errors import LockedError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def held(path: Path, command: str) -> Iterator[None]:
    """Hold the lock while the block runs.

    The kernel lets go of it when the process ends in whatever way, so a lock file that
    was left behind locks nobody out.

    Raises:
        LockedError: Another process holds it; names that process.
        StateError: The lock file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StateError(
            f"cannot write in {path.parent}",
            cause=str(error),
            hint="make room or correct the permissions, or choose another --work-dir",
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _locked(path) from error
        _write_holder(descriptor, command)
        yield
    finally:
        os.close(descriptor)


def refuse_if_held(path: Path) -> None:
    """Say early that another process holds the lock, before anything slow is begun.

    Only :func:`held` keeps others out: one may come between this and that.

    Raises:
        LockedError: Another process holds it; names that process.
    """
    if is_held(path):
        raise _locked(path)


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock now."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except OSError:  # a folder of somebody else: nothing of ours runs in it
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _write_holder(descriptor: int, command: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    holder = json.dumps({"pid": os.getpid(), "command": command, "since": since})
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
    except OSError as error:
        raise StateError(
            "cannot write the lock file", cause=str(error), hint="make room on the disk"
        ) from error


def _locked(path: Path) -> LockedError:
    try:
        holder: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        who = f"`jhub {holder['command']}` (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"  # it has the lock but has not written its name yet
    return LockedError(
        f"deployment {path.parent.name!r} is in use by {who}",
        hint="wait until it has finished, or stop it with Ctrl-C in its terminal",
    )
