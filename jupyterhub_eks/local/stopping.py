"""Find and end the process that serves a folder, also where its record was lost."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalAwsError
from jupyterhub_eks.local.locking import is_locked
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.local.record import ServerRecord

if TYPE_CHECKING:
    from jupyterhub_eks.local.record import LocalPaths

STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.01


def is_ours(record: ServerRecord) -> bool:
    """Return whether the process of the record runs, and not a later one with its pid."""
    return started_at(record.pid) == record.process_started


def serving_process(paths: LocalPaths) -> int | None:
    """Return the pid of the process that serves the folder, whether it answers or not."""
    record = ServerRecord.read(paths.record)
    if record is not None and is_ours(record):
        return record.pid
    # Its record was lost: the file that it holds locked for all its life names it too.
    if not is_locked(paths.serving):
        return None
    text = paths.serving.read_text().strip()
    return int(text) if text.isdigit() else None


def end_process(paths: LocalPaths) -> bool:
    """End the process that serves the folder, if there is one; return whether there was.

    The caller holds the lock of the folder.

    Raises:
        LocalAwsError: It does not end.
    """
    pid = serving_process(paths)
    if pid is not None and not terminate(pid):
        raise LocalAwsError(
            f"the embedded AWS (process {pid}) does not end",
            hint=f"end it with 'kill -9 {pid}'",
            log=str(paths.log),
        )
    paths.record.unlink(missing_ok=True)
    return pid is not None


def terminate(pid: int) -> bool:
    """Send TERM and, if that is not heard, KILL; return whether the process is gone."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, wish)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if started_at(pid) is None:
                return True
            time.sleep(_POLL_SECONDS)
    return False
