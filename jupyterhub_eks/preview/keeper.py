"""``python keeper.py PARENT PROGRAM ARG…``: become a program that ends when its parent does.

Run by its path, so that it starts at once: the standard library only. Linux sends SIGTERM to
a process whose parent is gone. Elsewhere the program gets a parent that watches over it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_EVERY_SECONDS = 0.5
_END_SECONDS = 15.0


def main() -> None:
    """Become the program, or watch over it."""
    parent, argv = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before this was asked for
            return
        os.execv(argv[0], argv)  # noqa: S606 - no shell is wanted
    _watch(parent, argv)


def _watch(parent: int, argv: list[str]) -> None:
    child = os.fork()
    if child == 0:
        os.execv(argv[0], argv)  # noqa: S606 - as above
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda wish, _frame: _send(child, wish))
    ended_at = 0.0
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            raise SystemExit(os.waitstatus_to_exitcode(status) % 256)
        if os.getppid() != parent and not ended_at:
            ended_at = time.monotonic()
            _send(child, signal.SIGTERM)
        if ended_at and time.monotonic() - ended_at > _END_SECONDS:
            _send(child, signal.SIGKILL)
        time.sleep(_EVERY_SECONDS)


def _send(child: int, wish: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, wish)


if __name__ == "__main__":
    main()
