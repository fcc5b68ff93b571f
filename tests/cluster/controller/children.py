"""Processes that the tests start and end."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_READY_SECONDS = 60.0
_END_SECONDS = 15.0
_LOG_LINES = 15


@contextmanager
def running(
    argv: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str],
    is_ready: Callable[[], bool],
) -> Iterator[None]:
    """Run a program until the context is left.

    Args:
        argv: Program and arguments.
        log: File for its output.
        env: Laid over this process' environment.
        is_ready: Asked until it says yes; the program must not end before.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(argv),
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while not is_ready():
            assert child.poll() is None, f"{argv[0]} ended: {_tail(log)}"
            assert time.monotonic() < deadline, f"{argv[0]} is not ready: {_tail(log)}"
            time.sleep(0.1)
        yield
    finally:
        child.terminate()
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
