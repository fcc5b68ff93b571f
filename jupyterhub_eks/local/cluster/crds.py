"""Karpenter's resource definitions, as its released Go module holds them."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.programs import MODULES, required_version

if TYPE_CHECKING:
    from jupyterhub_eks.local.cluster.golang import Go
    from jupyterhub_eks.local.cluster.programs import Build

# The AWS provider's module has all five, with the rules that AWS's labels add to the core's.
MODULE: Final = "github.com/aws/karpenter-provider-aws"
_FOLDER: Final = Path("pkg/apis/crds")
_SECONDS: Final = 600.0


def bring_crds(build: Build, go: Go) -> None:
    """Copy the definitions into ``build.crds``; the folder appears when it is complete.

    Raises:
        LocalClusterError: The module cannot be loaded.
    """
    source = _module_folder(go) / _FOLDER
    with tempfile.TemporaryDirectory(prefix=".crds.", dir=build.folder) as draft:
        kept = Path(draft) / "crds"
        kept.mkdir()
        for path in sorted(source.glob("*.yaml")):
            shutil.copyfile(path, kept / path.name)  # not its mode: the module cache is read-only
        kept.rename(build.crds)


def crd_files(build: Build) -> tuple[Path, ...]:
    """Return the files with Karpenter's definitions, sorted."""
    return tuple(sorted(build.crds.glob("*.yaml")))


def _module_folder(go: Go) -> Path:
    wanted = f"{MODULE}@{required_version('karpenter', MODULE)}"
    done = subprocess.run(
        [str(go.program), "mod", "download", "-json", MODULE],
        cwd=MODULES / "karpenter",
        env=dict(go.env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {}
    folder = answer.get("Dir")
    if done.returncode or not folder:
        raise LocalClusterError(
            f"Karpenter's resource definitions cannot be loaded ({wanted})",
            cause=answer.get("Error") or done.stderr.strip(),
            hint="Go loads modules through its GOPROXY setting ('go env GOPROXY')",
        )
    return Path(folder)
