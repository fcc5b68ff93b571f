"""``python -m …launch RECORD LOG FOLDER PROGRAM ARG…``: run a program that outlives us.

The program belongs to no terminal and no waiting parent. Its record is written by its own
process before it begins, so that no kill at any moment leaves a program nobody knows of.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Final

from jupyterhub_eks.local.processes import redirect_output, started_at
from jupyterhub_eks.replacing import replace_file

FINGERPRINT: Final = "JHUB_COMPONENT_FINGERPRINT"
_KEPT_LOG_BYTES: Final = 20 * 1024 * 1024


def main() -> None:
    """Fork; the child becomes the program, the parent tells whether that worked."""
    record, log, folder, *argv = sys.argv[1:]
    reading, writing = os.pipe()  # closed by a successful exec, as all of Python's descriptors
    if os.fork():
        os.close(writing)
        complaint = os.read(reading, 4096).decode(errors="replace")
        sys.stderr.write(complaint)
        sys.stderr.flush()
        os._exit(1 if complaint else 0)
    try:
        os.setsid()
        os.chdir(folder)
        _write_record(Path(record))
        _redirect(Path(log))
        os.execve(argv[0], argv, os.environ)  # noqa: S606 - no shell is wanted
    except OSError as error:
        os.write(writing, str(error).encode())
        os._exit(127)


def _write_record(path: Path) -> None:
    document = {
        "pid": os.getpid(),
        "process_started": started_at(os.getpid()) or "",
        "launched": time.time(),
        "fingerprint": os.environ.pop(FINGERPRINT, ""),
    }
    replace_file(path, json.dumps(document).encode())


def _redirect(log: Path) -> None:
    """Append to the log, which begins anew when it has become long."""
    if log.exists() and log.stat().st_size > _KEPT_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    redirect_output(log)


if __name__ == "__main__":
    main()
