"""Charts are rendered with what is at hand: nothing is fetched, no cluster is asked."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.ports import Rendering
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.chart_renderer import ChartRenderer
from jupyterhub_eks.tools.charts import digest
from tests.support.helm import helm_or_skip

if TYPE_CHECKING:
    from pathlib import Path

PRINTS = '#!/bin/sh\nprintf "%s " "$@"; for f; do case $f in /dev/fd/*) cat "$f";; esac; done\n'
FAILS = '#!/bin/sh\necho "Error: values refused" >&2; exit 1\n'


def _program(folder: Path, script: str) -> Path:
    path = folder / "helm"
    path.write_text(script)
    path.chmod(0o755)
    return path


def _chart(folder: Path, content: bytes = b"chart") -> Path:
    path = folder / "thing-1.0.0.tgz"
    path.write_bytes(content)
    return path


def _rendering(folder: Path, **more: str) -> Rendering:
    given = {"chart": "thing", "version": "1.0.0", **more}
    return Rendering(name="r", namespace="n", values=("a: 1\n",), directory=folder, **given)


def test_helm_is_given_release_chart_and_values(tmp_path: Path) -> None:
    """As for the upgrade that it will be."""
    program, chart = _program(tmp_path, PRINTS), _chart(tmp_path)
    printed = ChartRenderer(tmp_path, helm=lambda: program)(_rendering(tmp_path))
    assert printed.startswith(f"template r {chart} -n n --is-upgrade")
    assert printed.endswith("a: 1\n")


def test_the_values_are_in_no_file_with_a_name(tmp_path: Path) -> None:
    """They may hold secrets, and whoever is killed removes no file."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    listing = f'#!/bin/sh\nls -A {folder}; for f; do case $f in /dev/fd/*) cat "$f";; esac; done\n'
    program = _program(tmp_path, listing)
    _chart(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        printed = ChartRenderer(tmp_path, helm=lambda: program)(_rendering(tmp_path))
    assert printed == "a: 1\n"


def test_a_chart_that_is_not_kept_is_not_fetched(tmp_path: Path) -> None:
    """Helm is not even looked for."""

    def helm() -> Path:
        raise AssertionError

    with pytest.raises(ToolError, match=r"chart thing 1\.0\.0 is not at hand"):
        ChartRenderer(tmp_path, helm=helm)(_rendering(tmp_path))
    with pytest.raises(ToolError, match=r"chart OwnChart 1\.0\.0 is not at hand"):
        ChartRenderer(tmp_path, helm=helm)(_rendering(tmp_path, chart="./assets/OwnChart/0a"))


def test_a_chart_of_other_content_is_not_taken(tmp_path: Path) -> None:
    """Its version alone does not make it the installed one."""
    program, chart = _program(tmp_path, PRINTS), _chart(tmp_path)
    renderer = ChartRenderer(tmp_path, helm=lambda: program)
    assert renderer(_rendering(tmp_path, digest=digest(chart)))
    with pytest.raises(ToolError, match="content"):
        renderer(_rendering(tmp_path, digest="another"))


def test_helm_that_refuses_is_quoted(tmp_path: Path) -> None:
    """What it says is the cause."""
    program = _program(tmp_path, FAILS)
    _chart(tmp_path)
    with pytest.raises(ToolError) as caught:
        ChartRenderer(tmp_path, helm=lambda: program)(_rendering(tmp_path))
    assert caught.value.cause == "values refused"


def test_helm_that_does_not_start_is_an_error_like_any(tmp_path: Path) -> None:
    """A plan can go on without it."""
    _chart(tmp_path)
    with pytest.raises(ToolError, match="cannot be run"):
        ChartRenderer(tmp_path, helm=lambda: tmp_path / "none")(_rendering(tmp_path))


def test_a_chart_of_the_stack_is_rendered_by_the_real_helm(tmp_path: Path) -> None:
    """Found relative to the stack's folder."""
    program = helm_or_skip()
    rendering = Rendering(
        name="storage-classes",
        namespace="kube-system",
        chart="./storage-classes",
        version="",
        values=("name: gp3\ntag: {key: k, value: v}\n",),
        directory=data_root() / "helm_values",
    )
    printed = ChartRenderer(tmp_path, helm=lambda: program)(rendering)
    assert "kind: StorageClass" in printed
