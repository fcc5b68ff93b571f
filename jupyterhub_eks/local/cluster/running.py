"""The processes of a control plane: start one, recognise one, end some."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.launch import FINGERPRINT
from jupyterhub_eks.local.processes import started_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from jupyterhub_eks.local.cluster.files import PlaneFiles
    from jupyterhub_eks.local.cluster.plan import Component

_END_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.02
# What a component may see of the caller's environment: nothing secret, and no proxy.
_PASSED: Final = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "SSL_CERT_FILE", "TMPDIR", "TZ")


@dataclass(frozen=True, kw_only=True)
class ProcessRecord:
    """A component's process.

    Attributes:
        process_started: What the system says about the start of ``pid``; tells the process
            from a later one with that pid.
        launched: Unix time of its start, in seconds.
        fingerprint: Of the component that it was started as.
    """

    pid: int
    process_started: str
    launched: float
    fingerprint: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started_at(self.pid) == self.process_started

    @classmethod
    def read(cls, path: Path) -> ProcessRecord | None:
        """Return the record, or None if there is none that can be read."""
        try:
            document = json.loads(path.read_text())
            return cls(
                pid=int(document["pid"]),
                process_started=str(document["process_started"]),
                launched=float(document["launched"]),
                fingerprint=str(document["fingerprint"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


def launch(component: Component, files: PlaneFiles, environ: Mapping[str, str]) -> None:
    """Start a component in a session of its own; its record is written before it runs.

    Raises:
        LocalClusterError: It cannot be started.
    """
    record, log = files.process(component.name), files.log(component.name)
    for path in (record, log):
        path.parent.mkdir(exist_ok=True)
    env = {name: environ[name] for name in _PASSED if name in environ}
    command = [sys.executable, "-m", "jupyterhub_eks.local.cluster.launch"]
    done = subprocess.run(
        [*command, str(record), str(log), str(files.home), *component.argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**env, FINGERPRINT: component.fingerprint},
    )
    if done.returncode:
        raise LocalClusterError(
            f"{component.name} cannot be started",
            cause=done.stderr.strip() or f"exit code {done.returncode}",
            hint="build it again with 'jhub local cluster build'",
            log=str(log),
        )


def end(files: PlaneFiles, names: Sequence[str]) -> tuple[str, ...]:
    """End the processes of some components at once; return the names of those that ran.

    Each gets SIGTERM and, if it does not hear that, SIGKILL, and only while it is the very
    process of its record.

    Raises:
        LocalClusterError: One does not end.
    """
    found = {
        name: record
        for name in names
        if (record := ProcessRecord.read(files.process(name))) and record.alive
    }
    for wish in (signal.SIGTERM, signal.SIGKILL):
        _send(found.values(), wish)
    for name, record in found.items():
        if record.alive:
            raise LocalClusterError(
                f"{name} (process {record.pid}) does not end",
                hint=f"end it with 'kill -9 {record.pid}'",
                log=str(files.log(name)),
            )
    for name in names:
        files.process(name).unlink(missing_ok=True)
    return tuple(found)


def _send(records: Collection[ProcessRecord], wish: signal.Signals) -> None:
    """Send a signal to those that are alive and wait a while for their end."""
    for record in records:
        if record.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, wish)
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline and any(record.alive for record in records):
        time.sleep(_POLL_SECONDS)
