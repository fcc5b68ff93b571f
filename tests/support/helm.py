"""The real Helm in tests: the one of this machine, or the one that jhub brings."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.helm_binary import find_helm
from stacks.values_text import values_text

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.releases.model import LocalChart


@cache
def _helm() -> Path | str:
    """Return the program, or why there is none; asked once, since pip may be."""
    try:
        return find_helm()
    except ToolError as error:
        return f"{error.message}: {error.cause}"


def helm_or_skip() -> Path:
    """Return Helm, brought as ``jhub deploy`` brings it; skip the test if it cannot be had."""
    found = _helm()
    if isinstance(found, str):
        pytest.skip(found)
    return found


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
