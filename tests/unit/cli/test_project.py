"""Commands that are suggested mean the deployment that was just worked on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.options import Place, Sources
from jupyterhub_eks.cli.project import open_project

if TYPE_CHECKING:
    from jupyterhub_eks.cli.project import Project


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder and no work folder set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JHUB_WORK_DIR", raising=False)
    return tmp_path


def _project(place: Place) -> Project:
    return open_project(Sources(), place)


def test_the_flags_name_the_target_and_a_work_folder_that_is_not_the_default() -> None:
    """Pasted as it is, the command finds the same deployment."""
    assert _project(Place()).flag == ""
    assert _project(Place(local=True)).flag == " --local"
    assert _project(Place(work_dir=Path(".jhub"))).flag == ""
    assert _project(Place(local=True, work_dir=Path("my work"))).flag == (
        " --local --work-dir 'my work'"
    )


def test_a_work_folder_of_the_environment_needs_no_flag(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next command reads the same variable."""
    monkeypatch.setenv("JHUB_WORK_DIR", str(folder / "work"))

    assert _project(Place(work_dir=folder / "work")).flag == ""


def test_a_name_that_was_given_is_given_again() -> None:
    """Beside another deployment the command would otherwise ask which is meant."""
    project = open_project(Sources(name="aa-one"), Place(local=True))

    assert project.flag == " --local --name aa-one"


def test_files_and_flags_come_along_where_the_configuration_counts(folder: Path) -> None:
    """A reviewed plan is applied with the configuration that it was made from."""
    for name in ("base.yaml", "my prod.yaml"):
        (folder / name).write_text("region: eu-west-1\n")
    files = (Path("base.yaml"), Path("my prod.yaml"))
    project = open_project(Sources(file=files, auth="dummy"), Place(local=True))

    assert project.options == " --local -f base.yaml -f 'my prod.yaml' --auth dummy"


def test_hinted_command_means_the_same_deployment(folder: Path) -> None:
    """Who is told what to type next does not end up at another place, name or configuration."""
    (folder / "my prod.yaml").write_text("region: eu-west-1\n")
    given = Sources(file=(Path("my prod.yaml"),), name="two")
    typed = open_project(given, Place(local=True)).typed("users remove ann --yes")

    assert typed == "jhub users remove ann --yes --local --name two -f 'my prod.yaml'"
