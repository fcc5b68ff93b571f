"""The real Helm in tests, where there is one; no test brings it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from ruamel.yaml import YAML

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.helm_binary import find_helm
from stacks.values_text import values_text

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.releases.model import LocalChart


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


def text(values: dict[str, Any]) -> str:
    """Return values as Helm gets them from Terraform."""
    written = values_text(values, lambda *_: "unknown")
    return written.replace("$${", "${").replace("%%{", "%{")


def rendered(folder: Path, chart: LocalChart, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects that a chart makes of values."""
    path = str(data_root() / chart.folder)
    done = run_helm(folder, "template", chart.name, path, values=text(values))
    assert done.returncode == 0, done.stderr
    return [each for each in YAML(typ="safe", pure=True).load_all(done.stdout) if each]
