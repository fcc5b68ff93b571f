"""A folder of charts is filled, kept, and told from a damaged copy."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import StateError, ToolError
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.chart_pulling import INDEX, Pulled, pull_all
from tests.support.charts import pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A = RemoteChart(name="a", repository="https://charts.example.org", version="1.0.0")
B = RemoteChart(name="b", repository="oci://example.org/x", version="2.0.0")


class Repository:
    """Packs charts; refuses those in ``missing``."""

    def __init__(self, *missing: RemoteChart) -> None:
        self.missing = missing
        self.asked: list[RemoteChart] = []

    def source(self) -> Callable[[RemoteChart, Path], Path]:
        """Return what fetches a chart."""
        return self.pull

    def pull(self, chart: RemoteChart, folder: Path) -> Path:
        """Pack a chart, or refuse to."""
        self.asked.append(chart)
        if chart in self.missing:
            raise ToolError("no", cause="nobody\n  answers", hint="ask again")
        return pack(folder, chart)


def pulled(folder: Path, repository: Repository) -> list[tuple[str, str]]:
    told: list[Pulled] = []
    results = pull_all((A, B), folder, repository.source, told.append)
    assert sorted(told, key=repr) == sorted(results, key=repr)
    return [(each.chart.name, each.state) for each in results]


def index(folder: Path) -> dict[str, str]:
    made = json.loads((folder / INDEX).read_text())
    return {entry["file"]: entry["sha256"] for entry in made["charts"]}


def test_charts_are_fetched_and_listed_with_their_hashes(tmp_path: Path) -> None:
    """Into a folder that is made; the hash is that of the file."""
    folder = tmp_path / "new" / "charts"
    assert pulled(folder, Repository()) == [("a", "fetched"), ("b", "fetched")]
    assert index(folder) == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("a-1.0.0.tgz", "b-2.0.0.tgz")
    }


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    """The second run asks for nothing and changes no file."""
    pulled(tmp_path, Repository())
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = Repository()
    assert pulled(tmp_path, again) == [("a", "kept"), ("b", "kept")]
    assert again.asked == []
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_without_anything_to_fetch_no_helm_is_looked_for(tmp_path: Path) -> None:
    """A carried folder serves on a machine without Helm."""
    pulled(tmp_path, Repository())

    def no_helm() -> Callable[[RemoteChart, Path], Path]:
        raise ToolError("there is no Helm")

    assert [each.state for each in pull_all((A, B), tmp_path, no_helm, lambda _: None)] == [
        "kept",
        "kept",
    ]
    (tmp_path / "a-1.0.0.tgz").unlink()
    with pytest.raises(ToolError, match="there is no Helm"):
        pull_all((A, B), tmp_path, no_helm, lambda _: None)


@pytest.mark.parametrize("damage", ["cut", "other bytes", "other version"])
def test_what_is_damaged_is_fetched_again(tmp_path: Path, damage: str) -> None:
    """Cut short, not the file that the index names, or not the chart that its name says."""
    pulled(tmp_path, Repository())
    archive = tmp_path / "a-1.0.0.tgz"
    if damage == "cut":
        archive.write_bytes(archive.read_bytes()[:50])
    elif damage == "other bytes":
        pack(tmp_path, A, {"values.yaml": "a: 1"})
    else:
        pack(tmp_path, RemoteChart(name="a", repository="", version="9")).replace(archive)
    assert pulled(tmp_path, Repository()) == [("a", "fetched"), ("b", "kept")]


def test_one_that_cannot_be_had_does_not_stop_the_others(tmp_path: Path) -> None:
    """Its cause and remedy are told; the next run needs only that one."""
    results = pull_all((A, B), tmp_path, Repository(A).source, lambda _: None)
    assert (results[0].problem, results[0].remedy) == ("nobody answers", "ask again")
    assert index(tmp_path).keys() == {"b-2.0.0.tgz"}
    again = Repository()
    assert pulled(tmp_path, again) == [("a", "fetched"), ("b", "kept")]
    assert again.asked == [A]


def test_charts_of_another_deployment_stay_in_the_index(tmp_path: Path) -> None:
    """One folder may serve several deployments."""
    pull_all((A,), tmp_path, Repository().source, lambda _: None)
    pull_all((B,), tmp_path, Repository().source, lambda _: None)
    assert index(tmp_path).keys() == {"a-1.0.0.tgz", "b-2.0.0.tgz"}


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    """Here, a file stands in its place."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot write charts"):
        pull_all((A,), tmp_path / "file", Repository().source, lambda _: None)
