"""Build the programs once and keep them in the cache.

The Go command does the parallel work itself and keeps what it has compiled, so one program
is built after the other and an interrupted build goes on where it stopped. A program
appears under its name only when it is whole.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.compiling import Compilation, compile_program
from jupyterhub_eks.local.cluster.crds import bring_crds
from jupyterhub_eks.local.cluster.golang import find_go
from jupyterhub_eks.local.cluster.programs import Build, build_in
from jupyterhub_eks.local.locking import exclusive, is_locked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.local.cluster.golang import Go
    from jupyterhub_eks.local.cluster.programs import Program

# The compilers' and the modules' caches of a first build take most of it.
DISK_GIB: Final = 6.0
# The linker of kube-apiserver; with less the system kills it.
MEMORY_GIB: Final = 2.0
# Longer than any build: another command's build is waited for.
_WAIT_SECONDS: Final = 7200.0
_GIB: Final = 1024**3


@dataclass(frozen=True, kw_only=True)
class BuildStarted:
    """The programs that are built now, in order, and the Go that does it."""

    programs: tuple[str, ...]
    go: str


@dataclass(frozen=True)
class BuildAwaited:
    """Another command is building; this one waits for it."""


@dataclass(frozen=True, kw_only=True)
class Compiling:
    """``packages`` of a program have been compiled so far, after ``seconds``."""

    program: str
    packages: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A program is ready after ``seconds``."""

    program: str
    seconds: float


BuildEvent = BuildStarted | BuildAwaited | Compiling | Compiled
BuildSink = Callable[[BuildEvent], None]


def ensure_built(cache: Path, emit: BuildSink, environ: Mapping[str, str] | None = None) -> Build:
    """Return the programs, building those that are missing.

    Args:
        cache: The cache folder of ``jhub``.
        emit: Told what happens.
        environ: The caller's environment; by default that of this process.

    Raises:
        LocalClusterError: Go is missing, room or memory is short, or a build failed.
    """
    build = build_in(cache)
    if build.complete:
        return build
    go = find_go(os.environ if environ is None else environ)
    try:
        for folder in (build.bin, build.logs):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LocalClusterError(
            f"cannot make the folder {build.folder}",
            cause=str(error),
            hint="name another cache folder in JHUB_CACHE_DIR",
        ) from error
    if is_locked(build.lock):
        emit(BuildAwaited())
    wait = exclusive(
        build.lock,
        wait_seconds=_WAIT_SECONDS,
        what="building the local Kubernetes",
        failure=LocalClusterError,
    )
    with wait as lock:
        _build_missing(build, go, lock, emit)
    return build


def _build_missing(build: Build, go: Go, lock: int, emit: BuildSink) -> None:
    missing = build.missing()
    if missing:
        _check_room(build.folder)
        emit(BuildStarted(programs=tuple(each.name for each in missing), go=go.version))
    for program in missing:
        _build(program, build, go, lock, emit)
    if not build.crds.is_dir():
        bring_crds(build, go)


def _build(program: Program, build: Build, go: Go, lock: int, emit: BuildSink) -> None:
    started = time.monotonic()
    emit(Compiling(program=program.name, packages=0, seconds=0.0))

    def tell(packages: int) -> None:
        seconds = time.monotonic() - started
        emit(Compiling(program=program.name, packages=packages, seconds=seconds))

    compile_program(Compilation(program=program, build=build, go=go, lock=lock), tell)
    emit(Compiled(program=program.name, seconds=time.monotonic() - started))


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free / _GIB
    if free < DISK_GIB:
        raise LocalClusterError(
            "there is too little room to build the local Kubernetes",
            cause=f"{free:.1f} GiB are free at {folder}, and a first build needs {DISK_GIB:g}",
            hint="make room, or name a cache folder elsewhere in JHUB_CACHE_DIR and GOCACHE",
        )
    available = available_memory_gib()
    if available is not None and available < MEMORY_GIB:
        raise LocalClusterError(
            "there is too little memory to build the local Kubernetes",
            cause=f"{available:.1f} GiB are available, and its linker needs {MEMORY_GIB:g}",
            hint="close other programs and run the same command again",
        )


def available_memory_gib(meminfo: Path = Path("/proc/meminfo")) -> float | None:
    """Return the memory that programs can still get, GiB; None where Linux does not tell."""
    try:
        lines = meminfo.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024 / _GIB
    return None
