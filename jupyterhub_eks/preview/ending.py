"""Hold the state of a preview for one command, and end what runs of it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.local.locking import exclusive, is_locked
from jupyterhub_eks.preview.children import HUB
from jupyterhub_eks.preview.files import unreadable, unwritable
from jupyterhub_eks.preview.leftovers import processes_of
from jupyterhub_eks.preview.ports import next_free
from jupyterhub_eks.preview.record import end_all, read_record, signal_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.preview.files import PreviewFiles
    from jupyterhub_eks.preview.record import Recorded

# The hub ends each server with patience first.
_HUB_SECONDS: Final = 25.0
_OTHER_SECONDS: Final = 5.0
# Longer than a command takes that ends all with patience.
_COMMAND_SECONDS: Final = 60.0
# Longer than a cluster takes to give a namespace back.
_CLEARING_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.05
# Lies in the state while a process removes what a killed command had in a cluster.
CLEARING: Final = "clearing"


@contextlib.contextmanager
def held(files: PreviewFiles, port: int) -> Iterator[tuple[str, ...]]:
    """Keep the state for this command; yield what an earlier one had left behind, now ended.

    Raises:
        PreviewError: A preview runs there, or something does not end.
        StateError: The folder cannot be made.
    """
    try:
        files.home.mkdir(parents=True, exist_ok=True)
        files.lock.touch(mode=0o600)
    except OSError as error:
        raise unwritable(files.home, error) from error
    # After a kill, what it had in a cluster is being removed.
    patience = _CLEARING_SECONDS if (files.home / CLEARING).exists() else 0
    if is_locked(files.lock) and not patience:
        raise _runs_already(files, port)
    what = f"starting a preview on port {port}"
    with exclusive(files.lock, wait_seconds=patience, what=what, failure=PreviewError):
        (files.home / CLEARING).unlink(missing_ok=True)
        yield end_left(files)


def stop(files: PreviewFiles) -> tuple[str, ...]:
    """End a preview, also what is left of one whose command was killed; return what was ended.

    Raises:
        PreviewError: Something does not end.
        StateError: The folder may not be looked into.
    """
    try:
        next(files.home.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise unreadable(files.home, error) from error
    record = read_record(files.record)
    ended: tuple[str, ...] = ()
    if is_locked(files.lock) and record and record.command.alive:
        # It ends what it has started, and tells whoever looks at it.
        with contextlib.suppress(ProcessLookupError):
            signal_to(record.command.pid, signal.SIGTERM)
        ended = tuple(each.name for each in (record.command, *record.children))
        deadline = time.monotonic() + _COMMAND_SECONDS
        while record.command.alive and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        ended = (*ended, *end_all([record.command], wait_seconds=_OTHER_SECONDS))
    return tuple(dict.fromkeys((*ended, *end_left(files))))


def end_left(files: PreviewFiles) -> tuple[str, ...]:
    """End what runs of a preview whose command is gone; return the names of it.

    Raises:
        PreviewError: Something does not end.
    """
    record = read_record(files.record)
    return end_processes(files, record.children if record else ())


def end_processes(files: PreviewFiles, records: Sequence[Recorded]) -> tuple[str, ...]:
    """End the hub, which ends its servers; then all others; return the names of those that ran.

    Raises:
        PreviewError: Something does not end.
    """
    ended = (
        *end_all((each for each in records if each.name == HUB), wait_seconds=_HUB_SECONDS),
        *end_all((each for each in records if each.name != HUB), wait_seconds=_OTHER_SECONDS),
        *end_all(processes_of(files.home), wait_seconds=_OTHER_SECONDS),
    )
    files.record.unlink(missing_ok=True)
    return ended


def kill_processes(files: PreviewFiles, records: Sequence[Recorded]) -> None:
    """End everything at once, without patience."""
    for each in (*records, *processes_of(files.home)):
        if each.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each.pid, signal.SIGKILL)
    files.record.unlink(missing_ok=True)


def _runs_already(files: PreviewFiles, port: int) -> PreviewError:
    record = read_record(files.record)
    free = next_free(port)
    beside = f", or start another beside it with --port {free}" if free else ""
    return PreviewError(
        f"a preview runs on port {port} already",
        cause=f"process {record.command.pid}" if record else f"{files.lock} is locked",
        hint=f"open http://127.0.0.1:{port}, end it with `jhub preview stop --port {port}`{beside}",
    )
