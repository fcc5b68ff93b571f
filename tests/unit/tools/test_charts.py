"""A chart is taken from where it can be had, and one that was had once stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.charts import ChartLibrary, digest

if TYPE_CHECKING:
    from pathlib import Path

CHART = RemoteChart(name="thing", repository="https://charts.example.org", version="1.2.3")


def _unreachable(chart: RemoteChart, folder: Path) -> Path:
    raise ToolError("no", cause=f"nobody answers for {chart.name}")


def _reachable(chart: RemoteChart, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / chart.archive
    path.write_bytes(b"pulled")
    return path


def test_the_folder_of_the_user_comes_first_and_is_remembered(tmp_path: Path) -> None:
    """A chart given once with --chart-dir is found by the next command without it."""
    given, kept = tmp_path / "given", tmp_path / "kept"
    given.mkdir()
    (given / "thing-1.2.3.tgz").write_bytes(b"given")
    library = ChartLibrary(kept=kept, folders=(given,), pull=_reachable)

    found = library.find(CHART)

    assert found is not None
    assert found.read_bytes() == b"given"
    assert ChartLibrary(kept=kept).find(CHART) == found


def test_what_is_newly_kept_can_be_told(tmp_path: Path) -> None:
    """Of the folders of the user, and only once: what is there already is no news."""
    given, kept = tmp_path / "given", tmp_path / "kept"
    given.mkdir()
    (given / "thing-1.2.3.tgz").write_bytes(b"given")

    library = ChartLibrary(kept=kept, folders=(given,), pull=_reachable)
    library.find(CHART)
    library.find(CHART)
    assert library.added == ["thing-1.2.3.tgz"]
    again = ChartLibrary(kept=kept, folders=(given,), pull=_reachable)
    again.find(CHART)
    assert again.added == []
    fetched = ChartLibrary(kept=tmp_path / "other", pull=_reachable)
    fetched.find(CHART)
    assert fetched.added == []


def test_a_repository_is_asked_when_no_folder_has_it(tmp_path: Path) -> None:
    """What is fetched is kept."""
    found = ChartLibrary(kept=tmp_path / "kept", pull=_reachable).find(CHART)

    assert found == tmp_path / "kept" / "thing-1.2.3.tgz"


def test_a_chart_out_of_reach_is_reported_with_its_cause(tmp_path: Path) -> None:
    """The cause is what the repository said, and it is asked once only."""
    library = ChartLibrary(kept=tmp_path, pull=_unreachable)

    assert library.find(CHART) is None
    assert library.missing == {"thing-1.2.3.tgz": "nobody answers for thing"}
    library.pull = _reachable
    assert library.find(CHART) is None


def test_another_version_is_another_chart(tmp_path: Path) -> None:
    """A neighbouring version in the folder is not taken."""
    (tmp_path / "thing-1.2.4.tgz").write_bytes(b"other")

    assert ChartLibrary(kept=tmp_path / "kept", folders=(tmp_path,)).find(CHART) is None


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    """A changed or renamed template of a local chart is an upgrade; a copy is not."""
    for name in ("a", "b"):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "templates" / "x.yaml").write_text("kind: X")
    before = digest(tmp_path / "a")
    assert digest(tmp_path / "b") == before

    (tmp_path / "b" / "templates" / "x.yaml").rename(tmp_path / "b" / "templates" / "y.yaml")
    (tmp_path / "a" / "templates" / "x.yaml").write_text("kind: Y")

    assert before not in {digest(tmp_path / "a"), digest(tmp_path / "b")}
