"""Install something once into the cache: by one command at a time, whole or not at all.

A folder is whole when its stamp says so. What was interrupted has none, and the next command
goes on with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.local.locking import exclusive, is_locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STAMP: Final = "jhub-whole"
# Runs a program that ends with this one; called by its path.
KEEPER: Final = Path(__file__).with_name("keeper.py")
# Longer than any download: what another command installs is waited for.
_WAIT_SECONDS: Final = 3600.0
_LAST_LINES: Final = 12


@dataclass(frozen=True)
class InstallAwaited:
    """Another command installs it; this one waits."""

    what: str


@dataclass(frozen=True)
class Installing:
    """It is being installed: ``done`` of ``total`` parts are at hand (0: not known)."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Installed:
    """It was installed, after ``seconds``."""

    what: str
    seconds: float


InstallEvent = InstallAwaited | Installing | Installed
InstallSink = Callable[[InstallEvent], None]


@contextlib.contextmanager
def installing(folder: Path, program: str, what: str, emit: InstallSink) -> Iterator[bool]:
    """Hold the folder for this command; yield whether something is left to be done.

    Args:
        folder: Where it is installed.
        program: Path in it of what is run, which may have been lost since.
        what: What it is, for people.
        emit: Told if another command is waited for.

    Raises:
        ToolError: The folder cannot be made.
    """
    try:
        found = is_whole(folder, program)
    except OSError as error:  # e.g. a cache of another user
        raise not_writable(folder, error) from error
    if found:
        yield False
        return
    lock = folder.with_name(f"{folder.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise not_writable(folder, error) from error
    if is_locked(lock):
        emit(InstallAwaited(what))
    with exclusive(lock, wait_seconds=_WAIT_SECONDS, what=f"installing {what}", failure=ToolError):
        yield not is_whole(folder, program)


def is_whole(folder: Path, program: str) -> bool:
    """Return whether what a folder is for was installed to its end, and is still there."""
    return (folder / STAMP).exists() and (folder / program).exists()


def not_writable(folder: Path, error: OSError) -> ToolError:
    """Return what is said of a cache that cannot be written."""
    return ToolError(
        f"cannot install into {folder}",
        cause=error.strerror or str(error),
        hint="make room or correct its permissions, or name another cache in JHUB_CACHE_DIR",
    )


def follow(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], on_line: Callable[[str], None]
) -> tuple[int, str]:
    """Run an installer, handing on each line it says; return its exit code and its last words.

    It has a session of its own. When this is interrupted it ends with all that it has started;
    when this is killed it is asked to end.

    Raises:
        ToolError: It cannot be started.
    """
    said: list[str] = []
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), str(os.getpid()), *argv],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"cannot start {argv[0]}", cause=str(error)) from error
    try:
        for line in process.stdout or ():
            if line.strip():
                said = [*said, line.rstrip()][-_LAST_LINES:]
                on_line(line.strip())
        return process.wait(), "\n".join(said)
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdout:
            process.stdout.close()
