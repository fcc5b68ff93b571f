"""The real Helm in tests, where there is one; no test brings it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NoReturn

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.helm_binary import find_helm

if TYPE_CHECKING:
    from pathlib import Path


def _refuse() -> NoReturn:
    raise ToolError("Helm is not on PATH, JHUB_HELM does not name it, and jhub has not brought it")


def helm_or_skip() -> Path:
    """Return the Helm of this machine; skip the test if there is none."""
    try:
        return find_helm(bring=_refuse)
    except ToolError as error:
        pytest.skip(error.message)


def run_helm(
    folder: Path, *arguments: str, values: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Helm without a cluster, with a home of its own in ``folder``."""
    given = []
    if values is not None:
        (folder / "values.yaml").write_text(values, encoding="utf-8")
        given = ["-f", str(folder / "values.yaml")]
    return subprocess.run(
        [str(helm_or_skip()), *arguments, *given],
        env={**os.environ, "HOME": str(folder), "KUBECONFIG": str(folder / "none")},
        capture_output=True,
        text=True,
        check=False,
    )
