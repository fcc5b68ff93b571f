"""Runs a user's server and sees to its end: ``python -m jupyterhub_eks.preview.hub.enclosed``.

What to run comes by standard input as JSON (:class:`Enclosure`). It asks the server to end when
it is asked itself or when the hub is gone, and leaves no process behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from types import FrameType

_LOOK_SECONDS: Final = 0.2
_END_SECONDS: Final = 8.0


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


def main() -> int:
    """Run the server, and return how it has ended."""
    enclosure: Enclosure = json.load(sys.stdin)
    hub = os.getppid()
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, ask)
    server = subprocess.Popen(
        enclosure["argv"],
        env=enclosure["environment"],
        cwd=enclosure["folder"],
        stdin=subprocess.DEVNULL,
    )
    while (ended := server.poll()) is None and not asked and os.getppid() == hub:
        time.sleep(_LOOK_SECONDS)
    if ended is None:
        server.terminate()
        try:
            ended = server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            ended = server.wait()
    return ended if ended >= 0 else 128 - ended


if __name__ == "__main__":
    sys.exit(main())
