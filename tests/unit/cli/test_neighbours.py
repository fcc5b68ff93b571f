"""Other deployments of a work folder are named, with what removes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.closing import close_destroy
from jupyterhub_eks.cli.console.neighbours import draw_neighbours
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.data_choice import DataChoice
from jupyterhub_eks.cli.neighbours import neighbours
from jupyterhub_eks.cli.options import Place, Sources
from jupyterhub_eks.cli.project import find_project
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyReport, DestroyRequest
from jupyterhub_eks.ports import Target
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import NAME, Bench, make_deployment

REMOVE = f"jhub destroy --local --name {NAME}"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A deployment on the embedded AWS, and the configuration of another in the folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    (tmp_path / "jhub.yaml").write_text("name: my-hub\n")
    made = Bench(tmp_path)
    made.workspace = Workspace(tmp_path / "work", "local", NAME)
    context = made.context(target=Target(kind="local"))
    deploy(context, make_deployment(), DeployRequest(confirm=lambda _: True))
    return made


def _close(capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> str:
    """Return what the end of a destroy of ``my-hub`` prints, of which nothing was there."""
    project = find_project(Sources(file=[Path("jhub.yaml")]), Place(local=True))
    report = DestroyReport(
        deployment="my-hub",
        stacks=(),
        kept=(),
        left=(),
        log_dir=project.workspace.logs,
        seconds=1.0,
    )
    choice = DataChoice(keep=False, reason="users' files: deleted")
    close_destroy(Screen(as_json=as_json), project, report, choice)
    return capsys.readouterr().out


@pytest.mark.usefixtures("bench")
def test_a_destroy_does_not_end_as_if_all_were_gone(capsys: pytest.CaptureFixture[str]) -> None:
    """`0 left` is said of one deployment, and the other one has its command."""
    lines = _close(capsys).splitlines()

    assert "0 left of my-hub" in lines
    assert lines[-2] == f"  {NAME} on the embedded AWS"
    assert lines[-1].endswith(f"destroy --local --name {NAME}")


@pytest.mark.usefixtures("bench")
def test_scripts_are_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    """The document of a destroy names what lives on."""
    assert json.loads(_close(capsys, as_json=True))["others"] == [
        {"deployment": NAME, "target": "local", "data_only": False, "remove": REMOVE}
    ]


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("options", [[], ["--local"]])
def test_status_names_it(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """On either target."""
    assert run(["status", "-f", "jhub.yaml", *options]) == 0
    out = capsys.readouterr().out
    assert out.startswith("my-hub on ")
    assert f"{NAME} on the embedded AWS" in out
    assert f"destroy --local --name {NAME}" in out

    assert run(["status", "--json", "-f", "jhub.yaml", *options]) == 0
    (other,) = json.loads(capsys.readouterr().out)["others"]
    assert other["remove"] == REMOVE


def test_a_deployment_is_not_its_own_neighbour(bench: Bench) -> None:
    """Alone in its folder, nothing is said of others."""
    assert neighbours(bench.workspace) == ()
    assert list(draw_neighbours(())) == []


def test_kept_data_is_told_from_what_runs(bench: Bench) -> None:
    """The command that removes it has to name the data."""
    request = DestroyRequest(confirm=lambda _: True, keep_data=True)
    destroy(bench.context(target=Target(kind="local")), make_deployment(), request)
    (other,) = neighbours(Workspace(bench.workspace.root, "local", "my-hub"))

    assert other.data_only
    assert other.remove == f"{REMOVE} --delete-data {NAME}"


def test_another_work_folder_is_part_of_the_command(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pasted without it, the command would look elsewhere."""
    monkeypatch.delenv("JHUB_WORK_DIR")
    (other,) = neighbours(Workspace(bench.workspace.root, "local", "my-hub"))

    assert other.remove == f"jhub destroy --local --work-dir work --name {NAME}"
