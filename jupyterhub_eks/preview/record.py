"""Which processes a preview runs, so that another command finds and ends them."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.local.processes import started_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True)
class Recorded:
    """A process; its start tells it from a later one that got the same pid."""

    name: str
    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started_at(self.pid) == self.started


@dataclass(frozen=True)
class RunRecord:
    """The command, and what it has started."""

    command: Recorded
    children: tuple[Recorded, ...] = ()

    def text(self) -> str:
        """Return what is written into its file."""
        return json.dumps(asdict(self))


def recorded(name: str, pid: int) -> Recorded:
    """Return what tells a process that runs now from any other."""
    return Recorded(name, pid, started_at(pid) or "")


def read_record(path: Path) -> RunRecord | None:
    """Return the record, or None if there is none that can be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        children = tuple(_process(each) for each in document["children"])
        return RunRecord(_process(document["command"]), children)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _process(entry: dict[str, object]) -> Recorded:
    return Recorded(str(entry["name"]), int(str(entry["pid"])), str(entry["started"]))


def end_all(processes: Iterable[Recorded], *, wait_seconds: float) -> tuple[str, ...]:
    """End processes at once, with SIGTERM and then SIGKILL; return the names of those that ran.

    Args:
        processes: Which.
        wait_seconds: How long each signal is given.

    Raises:
        PreviewError: One does not end.
    """
    found = [each for each in processes if each.alive]
    for wish in (signal.SIGTERM, signal.SIGKILL):
        _send(found, wish)
        await_end(found, wait_seconds)
    for each in found:
        if each.alive:
            raise PreviewError(
                f"{each.name} (process {each.pid}) does not end",
                hint=f"end it with 'kill -9 {each.pid}'",
            )
    return tuple(each.name for each in found)


def await_end(processes: Sequence[Recorded], seconds: float) -> bool:
    """Wait a while for the end of processes; return whether all have ended."""
    deadline = time.monotonic() + seconds
    while any(each.alive for each in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def signal_to(pid: int, wish: signal.Signals) -> None:
    """Send a signal, and let a process go on that Ctrl-Z has stopped: it would not listen.

    Raises:
        ProcessLookupError: It is gone.
        PermissionError: It belongs to another user.
    """
    os.kill(pid, wish)
    os.kill(pid, signal.SIGCONT)


def _send(processes: Sequence[Recorded], wish: signal.Signals) -> None:
    for each in processes:
        if not each.alive:
            continue
        try:
            signal_to(each.pid, wish)
        except ProcessLookupError:
            continue
        except PermissionError as error:
            raise PreviewError(
                f"{each.name} (process {each.pid}) belongs to another user",
                hint=f"end it as that user, with 'kill {each.pid}'",
            ) from error
