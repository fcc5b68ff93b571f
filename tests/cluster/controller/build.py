"""The released Karpenter controller, compiled as the programs of the control plane are.

No part of the product needs it, so its Go module stands beside the tests. The build is kept in
the cache of ``jhub``, under a name of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.compiling import Compilation, compile_program
from jupyterhub_eks.local.cluster.golang import find_go
from jupyterhub_eks.local.cluster.programs import Build, Program
from jupyterhub_eks.local.locking import exclusive

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE: Final = Path(__file__).resolve().parent / "module"
_WAIT_SECONDS: Final = 7200.0


class _Controller(Program):
    """Its go.mod is not among the product's."""

    @property
    def folder(self) -> Path:
        """Folder of the Go module that the build runs in."""
        return MODULE


CONTROLLER: Final = _Controller(
    name="karpenter",
    module="karpenter-controller",
    package="github.com/aws/karpenter-provider-aws/cmd/controller",
)


def version() -> str:
    """Return the version of the controller, e.g. ``v1.14.1``."""
    text = (MODULE / "go.mod").read_text(encoding="utf-8")
    found = re.search(r"^require github\.com/aws/karpenter-provider-aws (v\S+)", text, re.MULTILINE)
    assert found is not None
    return found.group(1)


def controller_build(cache: Path) -> Build:
    """Return where the build of these exact modules is, or will be."""
    digest = hashlib.sha256()
    for path in sorted(MODULE.glob("go.*")):
        digest.update(path.read_bytes())
    return Build(cache / "cluster" / f"karpenter-{version()}-{digest.hexdigest()[:12]}")


def ensure_controller(cache: Path, tell: Callable[[int], None]) -> Path:
    """Return the program; build it if that was not done yet.

    Args:
        cache: The cache folder of ``jhub``.
        tell: Told now and then how many packages have been compiled.

    Raises:
        LocalClusterError: Go is missing, or the build failed.
    """
    build = controller_build(cache)
    program = build.path(CONTROLLER.name)
    if program.is_file():
        return program
    go = find_go(os.environ)
    for folder in (build.bin, build.logs):
        folder.mkdir(parents=True, exist_ok=True)
    wait = exclusive(
        build.lock,
        wait_seconds=_WAIT_SECONDS,
        what="building Karpenter",
        failure=LocalClusterError,
    )
    with wait as lock:
        if not program.is_file():
            compile_program(Compilation(program=CONTROLLER, build=build, go=go, lock=lock), tell)
    return program
