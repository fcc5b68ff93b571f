"""The files of the chart in the state of a preview."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.preview.hub.placing import content, place_files

if TYPE_CHECKING:
    from pathlib import Path


def test_templates_and_a_logo_are_found_where_they_were_put(tmp_path: Path) -> None:
    """Paths of the hub's pod become paths of the state; other texts stay."""
    folder = "/usr/local/share/jupyterhub/templates-jhub"
    files = {
        "page": {"mountPath": f"{folder}/page.html", "stringData": "<p>ä</p>"},
        "logo": {"mountPath": f"{folder}/logo.png", "binaryData": "iVBORw=="},
    }
    hub = {
        "baseUrl": "/",
        "extraFiles": files,
        "templatePaths": [folder, "/elsewhere"],
        "config": {"JupyterHub": {"logo_file": f"{folder}/logo.png", "x": f"{folder}x"}},
    }

    placed = place_files({"hub": hub, "cull": {}}, tmp_path)["hub"]

    here = tmp_path / "hub-files" / folder[1:]
    assert placed["templatePaths"] == [str(here), "/elsewhere"]
    assert placed["config"]["JupyterHub"] == {"logo_file": f"{here}/logo.png", "x": f"{folder}x"}
    assert placed["baseUrl"] == "/"
    assert (here / "page.html").read_text(encoding="utf-8") == "<p>ä</p>"
    assert (here / "logo.png").read_bytes() == b"\x89PNG"


def test_files_of_servers_are_placed_by_their_key(tmp_path: Path) -> None:
    """As in the Secret of the chart."""
    file = {"mountPath": "/etc/a/settings.json", "data": {"a": [1]}, "mode": 0o600}

    place_files({"singleuser": {"extraFiles": {"settings.json": file}}}, tmp_path)

    placed = tmp_path / "server-files" / "settings.json"
    assert json.loads(placed.read_text(encoding="utf-8")) == {"a": [1]}
    assert placed.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ({"mountPath": "/a/b.yaml", "data": {"a": [1]}}, b"a:\n- 1\n"),
        ({"mountPath": "/a/b.json", "data": {"a": [1]}}, b'{"a": [1]}'),
        ({"mountPath": "/a/b", "stringData": "text"}, b"text"),
    ],
)
def test_data_is_written_as_its_name_says(file: dict[str, Any], expected: bytes) -> None:
    """The chart writes YAML and JSON by the end of the path."""
    assert content(file) == expected


def test_data_of_another_kind_is_refused() -> None:
    """Nothing is written in a form that its reader would not understand."""
    with pytest.raises(ValueError, match=r"/a/b\.toml"):
        content({"mountPath": "/a/b.toml", "data": {"a": 1}})


def test_no_file_leaves_the_state(tmp_path: Path) -> None:
    """A path with dots is refused, whoever wrote it."""
    file = {"mountPath": "/a/../../b", "stringData": ""}

    with pytest.raises(ValueError, match=r"\.\."):
        place_files({"hub": {"extraFiles": {"b": file}}}, tmp_path / "state")
