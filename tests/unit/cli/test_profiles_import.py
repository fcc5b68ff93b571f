"""``jhub profiles import``: what is written is what ``jhub validate`` takes."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.foreign_import import write_imported
from jupyterhub_eks.errors import RefusedError
from tests.support.foreign import (
    BLUEPRINT,
    LOGINS,
    ORIGINAL_PLUGIN,
    ORIGINAL_POOLS,
    ORIGINAL_PROFILES,
    SUCCESSOR,
    blueprint_values,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JHUB_WORK_DIR", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "files",
    [
        *([blueprint_values(login), *BLUEPRINT] for login in LOGINS),
        *([blueprint_values(login)] for login in LOGINS),
        SUCCESSOR,
        SUCCESSOR[:1],
    ],
    ids=lambda files: "+".join(each.rpartition("/")[2] for each in files),
)
@pytest.mark.parametrize("region", ["us-west-2", "eu-west-3"])
def test_the_result_is_valid(
    files: list[str], region: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With and without pools beside the list, and where a region lacks machines."""
    assert run(["profiles", "import", *files, "--region", region]) == 0
    assert "wrote profiles.yaml" in capsys.readouterr().out
    assert (folder / ".jhub/schema/profiles.schema.json").is_file()

    assert run(["validate", "--profiles", "profiles.yaml", "--region", region]) == 0
    assert "valid  profiles.yaml" in capsys.readouterr().out


def test_what_was_lost_is_listed_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The profile that never started gets a pool of its own, and that is said."""
    for name, text in (("v", ORIGINAL_PROFILES), ("n", ORIGINAL_POOLS), ("d", ORIGINAL_PLUGIN)):
        (folder / name).write_text(text)
    assert run(["profiles", "import", "v", "n", "d", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert found["region"] == "us-west-2"
    assert len(found["profiles"]) == 5
    (lost, *_) = [each for each in found["losses"] if each["line"] == 24]
    assert lost["file"] == "v"
    assert "never starts as it is: no node pool has the label" in lost["message"]
    assert found["text"] == (folder / "profiles.yaml").read_text()


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unless --force is given; and a folder never is."""
    (folder / "profiles.yaml").write_text("mine")
    assert run(["profiles", "import", SUCCESSOR[0]]) == 10
    assert "--force" in capsys.readouterr().err
    assert (folder / "profiles.yaml").read_text() == "mine"

    assert run(["profiles", "import", SUCCESSOR[0], "--force"]) == 0
    assert "pools:" in (folder / "profiles.yaml").read_text()

    assert run(["profiles", "import", SUCCESSOR[0], "--out", "."]) == 13
    assert "--out profiles.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["pipe", "link"])
def test_only_files_are_replaced(
    out: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A named pipe stays one, also behind a link, whatever --force says."""
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("pipe")
    assert run(["profiles", "import", SUCCESSOR[0], "--force", "--out", out]) == 13
    assert "this is a named pipe, not a file" in capsys.readouterr().err
    assert (folder / "pipe").is_fifo()
    assert {each.name for each in folder.iterdir()} == {"pipe", "link"}


@pytest.mark.parametrize("out", ["mine.yaml", "./mine.yaml", "link"])
def test_what_is_read_is_not_overwritten(
    out: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under no other name either, whatever --force says."""
    text = Path(SUCCESSOR[0]).read_text()
    (folder / "mine.yaml").write_text(text)
    (folder / "link").symlink_to("mine.yaml")
    assert run(["profiles", "import", "mine.yaml", "--force", "--out", out]) == 10
    assert "is one of the files that are read" in capsys.readouterr().err
    assert (folder / "mine.yaml").read_text() == text


def test_a_replaced_file_keeps_its_mode(folder: Path) -> None:
    """What only its owner may read stays so; a link stays a link."""
    (folder / "mine.yaml").write_text("mine")
    (folder / "mine.yaml").chmod(0o600)
    (folder / "link").symlink_to("mine.yaml")
    assert run(["profiles", "import", SUCCESSOR[0], "--force", "--out", "link"]) == 0
    assert (folder / "link").is_symlink()
    assert stat.S_IMODE((folder / "mine.yaml").stat().st_mode) == 0o600
    assert "pools:" in (folder / "mine.yaml").read_text()


def test_of_several_at_once_one_writes(folder: Path) -> None:
    """The others are refused, and none is mixed with another."""

    def write(number: int) -> bool:
        try:
            write_imported(folder / "one.yaml", f"text {number}", force=False)
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as several:
        wrote = list(several.map(write, range(8)))
    assert wrote.count(True) == 1
    assert (folder / "one.yaml").read_text() == f"text {wrote.index(True)}"


def test_it_can_be_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and nothing else is on standard output; what was lost is not lost."""
    assert run(["profiles", "import", blueprint_values("dummy"), "--out", "-"]) == 0
    printed = capsys.readouterr()
    assert list(folder.iterdir()) == []
    assert "Not carried as it was, or chosen here" in printed.err

    assert run(["profiles", "import", blueprint_values("dummy"), "-o", "copy.yaml"]) == 0
    assert (folder / "copy.yaml").read_text() == printed.out


def test_the_region_is_that_of_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For it the result is valid, and that is said."""
    (folder / "jhub.yaml").write_text("region: eu-west-3\n")
    assert run(["profiles", "import", *SUCCESSOR]) == 0
    assert "for the region eu-west-3 (jhub.yaml)" in capsys.readouterr().err
    assert run(["validate"]) == 0


def test_nothing_that_could_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 with the reasons, and no file."""
    (folder / "v").write_text("[{display_name: P, kubespawner_override: {mem_guarantee: 90T}}]")
    assert run(["profiles", "import", "v"]) == 3
    assert "no profile of the list can be carried over" in capsys.readouterr().err
    assert not (folder / "profiles.yaml").exists()
