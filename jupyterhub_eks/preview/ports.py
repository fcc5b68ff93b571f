"""Who listens on a port of this machine."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.leftovers import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC: Final = Path("/proc")
# State LISTEN, and the columns of address, state and inode in /proc/net/tcp.
_LISTENS: Final = "0A"
_ADDRESS, _STATE, _INODE = 1, 3, 9
_TRIED: Final = 100
_LAST_PORT: Final = 65535
# Those below are for root as a rule; whoever wished one is pointed to the usual one.
_FIRST_PORT, _USUAL_PORT = 1024, 8000


def require_free(port: int) -> None:
    """Check that nothing listens on a port of loopback.

    Raises:
        PreflightError: Something does, or the port may not be used.
    """
    error = _refusal(port)
    if error is None:
        return
    who = listener(port)
    free = next_free(port)
    raise PreflightError(
        f"port {port} of this machine cannot be used",
        cause=f"{who} listens there" if who else error.strerror or str(error),
        hint=f"choose another one, for example --port {free}" if free else "choose another port",
    )


def next_free(port: int) -> int | None:
    """Return the next port above that everybody may use and on which nothing listens."""
    first = port + 1 if port >= _FIRST_PORT else _USUAL_PORT
    above = range(first, min(first + _TRIED - 1, _LAST_PORT) + 1)
    return next((each for each in above if _refusal(each) is None), None)


def listener(port: int) -> str:
    """Return who listens on a port, e.g. ``process 12 (node)``; empty if that is not to be seen."""
    inodes = {f"socket:[{inode}]" for inode in _inodes(port)}
    for folder in _PROC.glob("[0-9]*/fd") if inodes else ():
        with contextlib.suppress(OSError):
            if any(str(each.readlink()) in inodes for each in folder.iterdir()):
                pid = int(folder.parent.name)
                return f"process {pid} ({name_of(pid)})"
    return ""


def _inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[_STATE] == _LISTENS and fields[_ADDRESS].endswith(f":{port:04X}"):
                    yield fields[_INODE]


def _refusal(port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None
