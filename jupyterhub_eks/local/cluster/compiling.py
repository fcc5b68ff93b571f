"""Run ``go build`` for one program, politely, and put the result in place in one step."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.programs import linker_flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.local.cluster.golang import Go
    from jupyterhub_eks.local.cluster.programs import Build, Program

_POLL_SECONDS: Final = 0.5
_STOP_SECONDS: Final = 10.0
_LOG_LINES: Final = 12
# Somebody works on this machine while it compiles for minutes.
_NICENESS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """One program to build.

    Attributes:
        lock: Descriptor of the builders' lock. The compiler inherits it, so that a build
            that outlives this process still keeps others away.
    """

    program: Program
    build: Build
    go: Go
    lock: int


def compile_program(work: Compilation, tell: Callable[[int], None]) -> None:
    """Build ``work.program`` and put it into the folder of binaries.

    Args:
        work: What to build.
        tell: Told now and then how many packages have been compiled so far.

    Raises:
        LocalClusterError: The build failed.
    """
    target = work.build.path(work.program.name)
    log = work.build.logs / f"{work.program.name}.log"
    for stale in target.parent.glob(f".{target.name}.*"):  # of a build that was killed
        stale.unlink()
    handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    try:
        code = _run(work, Path(draft), log, tell)
        if code:
            raise _failed(work.program, log)
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)


def _command(work: Compilation, draft: Path) -> list[str]:
    nice = shutil.which("nice")
    return [
        *([nice, "-n", str(_NICENESS)] if nice else []),
        str(work.go.program),
        "build",
        "-v",
        "-ldflags",
        linker_flags(work.program),
        "-o",
        str(draft),
        work.program.package,
    ]


def _run(work: Compilation, draft: Path, log: Path, tell: Callable[[int], None]) -> int:
    with log.open("wb") as output:
        child = subprocess.Popen(
            _command(work, draft),
            cwd=work.program.folder,
            env=dict(work.go.env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(work.lock,),
            start_new_session=True,
        )
    try:
        while True:
            try:
                return child.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                tell(_packages(log))
    finally:
        if child.poll() is None:
            _end(child)


def _packages(log: Path) -> int:
    """Count the packages that ``go build -v`` names, one a line, when it compiles them."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum(not line.startswith(("go: ", "#")) for line in lines)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop the compilers too: they are children of the Go command."""
    for wish in (signal.SIGINT, signal.SIGKILL):
        os.killpg(child.pid, wish)
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        return


def _failed(program: Program, log: Path) -> LocalClusterError:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    told = [line for line in lines if not line.startswith("go: downloading")]
    return LocalClusterError(
        f"{program.name} cannot be built",
        cause="\n".join(told[-_LOG_LINES:]) or "the Go command says nothing",
        hint="Go loads modules through its GOPROXY setting ('go env GOPROXY'); when that and the "
        "network are in order run the same command again, it goes on where it stopped",
        log=str(log),
    )
