"""``jhub charts`` and ``jhub render`` as people see them; nothing is fetched, no Helm runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.chart_places import empty_folders, remote_charts
from jupyterhub_eks.cli.console.charts import kept_charts, refuse_incomplete
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.tools.chart_pulling import Pulled
from tests.support.charts import pack

if TYPE_CHECKING:
    from pathlib import Path

OTHER = RemoteChart(name="jupyterhub", repository="", version="4.3.0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder on a machine without Helm and without kept charts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    for name in ("JHUB_HELM", "JHUB_WORK_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "charts").mkdir()
    return tmp_path


def default_charts() -> tuple[RemoteChart, ...]:
    return remote_charts(all_releases(load(ConfigSources()).deployment))


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_each_release_is_listed_with_where_its_chart_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a folder that is named, kept by an earlier command, of jhub itself, or nowhere."""
    pack(folder / "charts", catalog.KARPENTER)
    (folder / "cache" / "charts").mkdir(parents=True)
    pack(folder / "cache" / "charts", catalog.KARPENTER_CRDS)

    code, made = document(capsys, "charts", "list", "--chart-dir", "charts")

    found = {each["release"]: each for each in made["releases"]}
    assert code == 0
    assert found["karpenter"]["path"] == str(folder / "charts" / catalog.KARPENTER.archive)
    assert found["karpenter-crd"]["path"].startswith(str(folder / "cache"))
    assert found["nodes"]["path"].endswith("karpenter/nodes")
    assert found["jupyterhub"]["path"] is None
    assert "not at hand" in found["jupyterhub"]["problem"]
    assert found["jupyterhub"]["version"] == catalog.JUPYTERHUB.version


def test_another_version_in_a_folder_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of every command that checks values against it; the list only shows it."""
    pack(folder / "charts", OTHER)
    assert run(["validate", "--chart-dir", "charts"]) == ToolError.exit_code
    assert "holds jupyterhub 4.3.0, and 4.4.0 is needed" in capsys.readouterr().err
    assert run(["render", "--chart-dir", "charts"]) == ToolError.exit_code


def test_a_folder_with_all_charts_is_whole_without_helm(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on a machine that it was carried to."""
    for chart in default_charts():
        pack(folder / "charts", chart)
    code, made = document(capsys, "charts", "pull", "charts")
    assert code == 0
    assert {each["state"] for each in made["charts"]} == {"kept"}
    assert (folder / "charts" / "charts.json").is_file()


def test_charts_that_could_not_be_fetched_are_named_with_cause_and_remedy(folder: Path) -> None:
    """All of them, after those that could be had are in place."""
    failed = Pulled(chart=catalog.KARPENTER, state="failed", problem="no such host", remedy="go on")
    kept = Pulled(chart=catalog.JUPYTERHUB, state="kept", sha256="0" * 64)
    refuse_incomplete([kept], folder)
    with pytest.raises(ToolError, match="1 of 2 charts could not be fetched") as caught:
        refuse_incomplete([failed, kept], folder)
    assert caught.value.cause == f"karpenter {catalog.KARPENTER.version}: no such host"
    assert "let this machine reach public.ecr.aws" in caught.value.hint


def test_without_helm_and_charts_there_are_values(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so once for Helm, and for each release; the files are there."""
    assert run(["render", "--no-fetch", "--out", "out"]) == 0
    out, err = capsys.readouterr()
    assert "values only, no manifests: Helm is not installed" in err
    releases = all_releases(load(ConfigSources()).deployment)
    assert out.count("values only: ") == len(releases)
    for release in releases:
        assert (folder / "out" / release.name / "values.yaml").is_file()


def test_render_writes_into_the_work_folder_unless_told(folder: Path) -> None:
    """Beside what else belongs to the deployment."""
    assert run(["render", "--no-fetch"]) == 0
    assert (folder / ".jhub" / "aws" / "jupyterhub-on-eks" / "rendered" / "render.json").is_file()


@pytest.mark.parametrize("command", ["validate", "synth", "plan", "deploy", "render"])
def test_values_that_a_chart_refuses_end_every_command_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """With the place in jhub.yaml, before a stack is made or an API is asked."""
    (folder / "jhub.yaml").write_text("hub_values: {hub: {cokieSecret: x}}\n")
    arguments = ["--yes"] if command == "deploy" else []
    assert run([command, *arguments]) == 3
    err = capsys.readouterr().err
    assert "jhub.yaml:1:20  hub_values.hub.cokieSecret: is an unknown key" in err
    assert "did you mean `cookieSecret`?" in err
    assert not (folder / ".jhub").exists()


def test_validate_says_which_values_it_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """And which it could not."""
    code, made = document(capsys, "validate")
    assert code == 0
    assert made["values"]["checked"]["jupyterhub"] == "the schema that comes with jhub"
    assert "karpenter" in made["values"]["not_checked"]


@pytest.mark.parametrize("command", ["validate", "charts list"])
def test_an_empty_folder_of_charts_is_named(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A folder that was meant to have charts and has none is a slip, with a way out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").touch()
    arguments = [*command.split(), "--auth", "dummy", "--chart-dir", "mine"]
    assert run(arguments) == 0
    said = capsys.readouterr().err
    assert "no packaged chart (*.tgz) is in mine" in said
    assert "charts pull mine" in said
    (tmp_path / "mine" / "any-1.0.0.tgz").touch()
    assert empty_folders([tmp_path / "mine"]) == ()


def test_charts_that_are_kept_are_named_in_a_line(folder: Path) -> None:
    """With where, so that they can be taken away again; of none nothing is said."""
    added = ["thing-1.2.3.tgz", "other-4.0.0.tgz"]

    assert kept_charts(added, folder / "kept") == (
        "kept for later commands in kept: other-4.0.0, thing-1.2.3",
    )
    assert kept_charts([], folder) == ()
