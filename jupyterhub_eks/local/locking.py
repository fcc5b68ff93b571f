"""A lock between commands that start or stop the embedded AWS."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POLL_SECONDS: Final = 0.02


@contextmanager
def exclusive(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold ``path`` locked; the system lets go of it when the holder dies.

    Raises:
        LocalAwsError: Another command held it for the whole time.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(handle, path, time.monotonic() + wait_seconds)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LocalAwsError(
                    "another command is starting or stopping the embedded AWS",
                    cause=f"{path} is locked",
                    hint="wait for it to end and run the command again",
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return
