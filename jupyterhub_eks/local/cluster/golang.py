"""Find a Go tool chain that is new enough, and run it without a say of the user's settings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.programs import MODULES, go_version

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where the installers of Go put it, for shells that do not have it on their PATH.
USUAL_PLACES: Final = ("/usr/local/go/bin", "/opt/homebrew/bin", "/snap/bin")
_ASK_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True)
class Go:
    """A Go tool chain.

    Attributes:
        program: Path of ``go``.
        version: As it calls itself, e.g. ``go1.26.8``.
        env: Environment to run it in.
    """

    program: Path
    version: str
    env: Mapping[str, str] = field(repr=False)


def find_go(environ: Mapping[str, str]) -> Go:
    """Return the Go that ``JHUB_GO`` names, or the one on PATH or in a usual place.

    Go itself fetches a newer tool chain if its settings allow that (``GOTOOLCHAIN=auto``),
    so its answer inside the module counts.

    Raises:
        LocalClusterError: There is none, or it is too old.
    """
    program = _program(environ)
    if program is None:
        raise LocalClusterError(
            "Go is needed to build the local Kubernetes, and none was found",
            cause=f"no 'go' on PATH or in {', '.join(USUAL_PLACES)}",
            hint=_hint(),
        )
    env = _environment(environ)
    version, complaint = _ask(program, env)
    if _numbers(version) < go_version():
        raise LocalClusterError(
            f"{program} cannot build the local Kubernetes",
            cause=complaint or f"it is {version}, and {_wanted()} is needed",
            hint=_hint(),
        )
    return Go(program=program, version=version, env=env)


def _ask(program: Path, env: Mapping[str, str]) -> tuple[str, str]:
    """Return the version of ``program``, empty if it does not tell, and its complaint."""
    try:
        answer = subprocess.run(
            [str(program), "env", "GOVERSION"],
            cwd=MODULES / "kubernetes",
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return ("" if answer.returncode else answer.stdout.strip()), answer.stderr.strip()


def _program(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get("JHUB_GO"):
        return Path(named)
    places = [environ.get("PATH", os.defpath), *USUAL_PLACES]
    found = shutil.which("go", path=os.pathsep.join(places))
    return Path(found) if found else None


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment with what decides about the result pinned down.

    The module proxy, the checksum database and the caches stay the user's.
    """
    return {
        **environ,
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
        "GOWORK": "off",
        "GOOS": "",
        "GOARCH": "",
    }


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"go(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in found.group(1).split(".")) if found else ()


def _wanted() -> str:
    return "Go " + ".".join(map(str, go_version()))


def _hint() -> str:
    return (
        f"install {_wanted()} or newer (from go.dev, with 'brew install go', or from your system's "
        "packages where they are new enough), or name another one in JHUB_GO"
    )
