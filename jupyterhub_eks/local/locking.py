"""A lock between commands that start or stop a process of this machine's target."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import DeployerError, LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_SECONDS: Final = 0.02


@contextmanager
def exclusive(
    path: Path,
    *,
    wait_seconds: float,
    what: str = "starting or stopping the embedded AWS",
    failure: type[DeployerError] = LocalAwsError,
) -> Iterator[int]:
    """Hold ``path`` locked; the system lets go of it when the holder dies.

    Yields the lock's descriptor: a child that inherits it holds the lock too.

    Args:
        path: File to lock, made if it is absent.
        wait_seconds: How long to wait for another holder.
        what: What the other command is doing, for the error.
        failure: Class of the error.

    Raises:
        DeployerError: Another command held it for the whole time.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _acquired(handle, time.monotonic() + wait_seconds):
            raise failure(
                f"another command is {what}",
                cause=f"{path} is locked",
                hint="wait for it to end and run the command again",
            )
        yield handle
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Return whether a process holds ``path`` locked now."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _acquired(handle: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True
