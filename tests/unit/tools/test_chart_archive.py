"""What a packaged chart says about itself, and what is no chart."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.chart_archive import packaged_chart, read_chart, read_packaged
from tests.support.charts import pack

if TYPE_CHECKING:
    from pathlib import Path

CHART = RemoteChart(name="thing", repository="https://charts.example.org", version="1.2.3")


def test_an_archive_and_its_folder_say_the_same(tmp_path: Path) -> None:
    """Name, version, schema and defaults; charts inside it are not taken for it."""
    archive = pack(
        tmp_path,
        CHART,
        {"values.schema.json": '{"type": "object"}', "values.yaml": "a: 1\n"},
        inner={"charts/other/Chart.yaml": "name: other\nversion: 9\n"},
    )
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    for each in (archive, tmp_path / "thing"):
        facts = read_chart(each)
        assert (facts.name, facts.version) == ("thing", "1.2.3")
        assert (facts.schema, facts.values) == ({"type": "object"}, {"a": 1})


def test_a_chart_without_schema_or_values_has_none(tmp_path: Path) -> None:
    """Both are optional."""
    facts = read_chart(pack(tmp_path, CHART))
    assert (facts.schema, facts.values) == (None, {})


@pytest.mark.parametrize("content", [b"", b"no archive", b"cut"])
def test_what_cannot_be_read_is_told_with_its_file(tmp_path: Path, content: bytes) -> None:
    """Also an archive that was cut short."""
    archive = pack(tmp_path, CHART)
    archive.write_bytes(archive.read_bytes()[:60] if content == b"cut" else content)
    with pytest.raises(ToolError, match=r"thing-1\.2\.3\.tgz cannot be read as a chart"):
        read_chart(archive)


def test_an_archive_without_a_chart_is_none(tmp_path: Path) -> None:
    """A tar file alone is not enough."""
    archive = tmp_path / "x.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.addfile(tarfile.TarInfo("x/readme"), io.BytesIO())
    with pytest.raises(ToolError, match="cannot be read"):
        read_chart(archive)


def test_the_first_folder_that_has_the_version_serves(tmp_path: Path) -> None:
    """Whatever else lies beside it."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "thing-1.2.4.tgz").write_bytes(b"")
    (tmp_path / "b" / "thing-1.2.3.tgz").write_bytes(b"")
    folders = (tmp_path / "a", tmp_path / "b")
    assert packaged_chart(CHART, folders) == tmp_path / "b" / "thing-1.2.3.tgz"


def test_another_version_alone_is_an_error(tmp_path: Path) -> None:
    """Its values would be checked against what is not installed; a namesake is no version."""
    (tmp_path / "thing-crd-1.2.4.tgz").write_bytes(b"")
    assert packaged_chart(CHART, (tmp_path,)) is None
    (tmp_path / "thing-1.2.4.tgz").write_bytes(b"")
    with pytest.raises(ToolError, match=r"holds thing 1\.2\.4, and 1\.2\.3 is needed"):
        packaged_chart(CHART, (tmp_path,))


def test_an_archive_that_holds_another_chart_is_refused(tmp_path: Path) -> None:
    """A file that was renamed is not what its name says."""
    other = RemoteChart(name="thing", repository="", version="1.2.2")
    archive = pack(tmp_path, other).rename(tmp_path / CHART.archive)
    with pytest.raises(ToolError, match=r"holds chart thing 1\.2\.2"):
        read_packaged(CHART, archive)
