"""Runs a user's server and sees to its end: ``python -m jupyterhub_eks.preview.hub.enclosed``.

What to run comes by standard input as JSON (:class:`Enclosure`). It asks the server to end when
it is asked itself or when the hub is gone, and leaves no process behind.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from jupyterhub_eks.preview.hub import kernel, walls

if TYPE_CHECKING:
    from types import FrameType

_LOOK_SECONDS: Final = 0.1
_SHORT_SECONDS: Final = 0.05
_TRIED_BYTES: Final = 65536

# How a server is kept apart: by root, by somebody in a namespace of users, or not at all.
ROOT: Final = "root"
USER: Final = "user"
PLAIN: Final = "plain"
# How this ends where the server does not even start; the last line says why.
CANNOT_ENCLOSE: Final = 71
NO_HOME: Final = 73


class Mount(TypedDict):
    """A folder or file that the server sees.

    Attributes:
        source: Where it lies on this machine.
        target: Where the server sees it.
        read_only: Whether it may not be written there.
    """

    source: str
    target: str
    read_only: bool


class Enclosure(TypedDict):
    """A server to run.

    Attributes:
        argv: Program and arguments.
        environment: All its variables.
        folder: Where it starts.
        kind: ``root`` or ``user`` with a file system of its own, ``plain`` without.
        mounts: What it sees of the volumes of its pod.
        programs: Folders with the programs that it needs, read only.
        empty: Folders of its own that are empty at first and end with it.
        user: Number of its user.
        group: Number of its group.
        place: Empty folder in which its file system is put together.
        patience: Seconds that it has to end when it is asked to.
    """

    argv: list[str]
    environment: dict[str, str]
    folder: str
    kind: str
    mounts: list[Mount]
    programs: list[str]
    empty: list[str]
    user: int
    group: int
    place: str
    patience: float


def main() -> int:
    """Run the server, and return how it has ended."""
    enclosure: Enclosure = json.load(sys.stdin)
    hub = os.getppid()
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, ask)
    try:
        server = _start(enclosure)
    except OSError as error:
        return _tell(f"{error.filename or ''} {error.strerror or error}".strip(), CANNOT_ENCLOSE)
    while (ended := _ended(server)) is None and not asked and os.getppid() == hub:
        time.sleep(_LOOK_SECONDS)
    if ended is None:
        ended = _end(server, enclosure["patience"])
    if enclosure["kind"] == PLAIN:
        _end_the_rest()
    return ended


def _start(enclosure: Enclosure) -> int:
    """Start the server, and return the number of its process.

    Raises:
        OSError: It cannot be enclosed.
    """
    if enclosure["kind"] == PLAIN:
        kernel.adopt_orphans()
    else:
        _leave(enclosure)
        walls.build(enclosure)
    started = os.fork()
    if started == 0:
        os._exit(_become(enclosure))
    return started


def _leave(enclosure: Enclosure) -> None:
    """Leave the mounts and processes of this machine; what is forked next is there alone."""
    apart = kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWIPC
    if enclosure["kind"] == ROOT:
        kernel.unshare(apart)
        return
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(apart | kernel.CLONE_NEWUSER)
    # Somebody without rights may only give the own number another name.
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{enclosure['user']} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{enclosure['group']} {group} 1", encoding="ascii")


def _become(enclosure: Enclosure) -> int:
    """Become the server; return only if that fails."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    try:
        kernel.die_with_parent()
        if enclosure["kind"] != PLAIN:
            walls.enter(enclosure)
        if enclosure["kind"] == ROOT:
            os.setgroups([])
            os.setgid(enclosure["group"])
            os.setuid(enclosure["user"])
            kernel.die_with_parent()
        kernel.gain_nothing()
    except OSError as error:
        return _tell(f"{error.filename or ''} {error.strerror or error}".strip(), CANNOT_ENCLOSE)
    home = enclosure["folder"]
    try:
        os.chdir(home)
        _try_to_write(home)
    except OSError as error:
        return _tell(f"The home folder cannot be written: {error.strerror}.", NO_HOME)
    try:
        os.execve(enclosure["argv"][0], enclosure["argv"], enclosure["environment"])  # noqa: S606
    except OSError as error:
        return _tell(f"{enclosure['argv'][0]}: {error.strerror}", CANNOT_ENCLOSE)


def _try_to_write(home: str) -> None:
    """Write a little and take it away, as a full disk lets files be made but not filled.

    Raises:
        OSError: That is not possible.
    """
    with tempfile.NamedTemporaryFile(dir=home, prefix=".jhub-") as tried:
        tried.write(bytes(_TRIED_BYTES))
        tried.flush()
        os.fsync(tried.fileno())


def _tell(what: str, code: int) -> int:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()
    return code


def _ended(server: int) -> int | None:
    """Return how a child has ended; None while it runs."""
    found, status = os.waitpid(server, os.WNOHANG)
    if not found:
        return None
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _end(server: int, patience: float) -> int:
    """Ask a child to end, then make it."""
    os.kill(server, signal.SIGTERM)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if (ended := _ended(server)) is not None:
            return ended
        time.sleep(_SHORT_SECONDS)
    os.kill(server, signal.SIGKILL)
    return 128 - os.waitstatus_to_exitcode(os.waitpid(server, 0)[1])


def _end_the_rest() -> None:
    """End what the server has left: its kernels, which have become children of this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.exists() and (left := children.read_text(encoding="ascii").split()):
        for each in left:
            with suppress(ProcessLookupError):
                os.kill(int(each), signal.SIGKILL)
            os.waitpid(int(each), 0)


if __name__ == "__main__":
    sys.exit(main())
