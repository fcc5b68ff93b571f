"""Find the processes of a preview that nobody has recorded: servers of users, their kernels.

The hub gives every process a variable that names the state. Linux shows it to whoever may end
the process; elsewhere the hub's own end, and that of its servers, is relied on.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from jupyterhub_eks.preview.record import Recorded, recorded

# Names the folder of the state; the hub hands it to each server.
MARK: Final = "JHUB_PREVIEW_STATE"
_PROC: Final = Path("/proc")


def processes_of(state: Path) -> tuple[Recorded, ...]:
    """Return the processes that belong to the preview with this state, without this one."""
    mark = f"{MARK}={state}".encode()
    return tuple(
        recorded(name_of(pid), pid)
        for each in (_PROC.iterdir() if _PROC.is_dir() else ())
        if each.name.isdigit() and (pid := int(each.name)) != os.getpid() and _has(each, mark)
    )


def name_of(pid: int) -> str:
    """Return the program of a process; empty if that is not known.

    Not the name that the system has for it: programs change that, Node to ``MainThread``.
    """
    try:
        program = (_PROC / str(pid) / "cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return ""
    return Path(os.fsdecode(program)).name


def _has(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes().split(b"\0")
    except OSError:  # gone meanwhile, or of another user
        return False
