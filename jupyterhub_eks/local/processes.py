"""What the operating system knows about a process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def started_at(pid: int) -> str | None:
    """Return when ``pid`` was started, in the system's own terms; None if it is gone.

    Linux: clock ticks since boot (``/proc/PID/stat``, field 22). Elsewhere the
    text of ``ps -o lstart``. Only ever compared with an earlier answer.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    found = _ps(pid, "lstart=")
    return found or None


def resident_mib(pid: int) -> float:
    """Return the resident memory of ``pid`` in MiB; 0 if it cannot be read."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0
    text = _ps(pid, "rss=")
    return int(text) / 1024 if text.isdigit() else 0.0


def redirect_output(log: Path) -> None:
    """Let go of the caller's terminal and pipes: read nothing, and append output to ``log``."""
    source = os.open(os.devnull, os.O_RDONLY)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(source, 0)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(source)
    os.close(target)


def _ps(pid: int, column: str) -> str:
    done = subprocess.run(
        ["ps", "-o", column, "-p", str(pid)],  # noqa: S607 - wherever the system keeps it
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout.strip()
