"""The one place where whatever happens becomes text and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks import __version__
from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.crash import describe_crash
from jupyterhub_eks.cli.registry import ENTRIES, load_command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder and no work folder elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JHUB_WORK_DIR", raising=False)
    return tmp_path


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_command_has_help(entry: object, capsys: pytest.CaptureFixture[str]) -> None:
    """The table of commands and the commands agree."""
    name = getattr(entry, "name", "")

    assert load_command(name).name == name
    assert run([name, "--help"]) == 0
    assert f"Usage: jhub {name}" in capsys.readouterr().out


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_help_is_whole_sentences_for_a_terminal(
    entry: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 80 columns: nothing is cut off, and nothing is marked up as in Python's texts."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run([getattr(entry, "name", ""), "--help"]) == 0

    out = capsys.readouterr().out
    assert "..." not in out.replace("[ARGS]...", "")
    assert "``" not in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_no_arguments_show_the_commands_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    """A newcomer who types jhub sees what there is."""
    assert run([]) == 0

    out = capsys.readouterr().out
    assert "Life cycle:" in out
    assert "Embedded AWS:" in out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Alone on its line, for scripts."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_a_misspelt_command_is_a_usage_error_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, and what was probably meant."""
    assert run(["destory"]) == 2
    assert "destroy" in capsys.readouterr().err


def test_a_choice_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    """The choices are named, in words of our own."""
    assert run(["users", "remove", "ann", "--home", "delete"]) == 2
    first, *_ = capsys.readouterr().err.splitlines()
    assert first == ("error: invalid value for '--home': 'delete' is not one of 'keep', 'archive'")


def test_a_usage_error_is_a_document_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Also for a command line that cannot be parsed."""
    assert run(["plan", "--json", "--no-such"]) == 2
    assert json.loads(capsys.readouterr().out)["exit_code"] == 2


def test_a_group_without_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """``jhub local`` alone is a usage error that lists what could follow."""
    assert run(["local"]) == 2
    assert "reset" in capsys.readouterr().err


def test_defaults_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """Validation works without any file."""
    assert run(["validate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["name"] == "jupyterhub-on-eks"


def test_an_invalid_configuration_shows_every_problem(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3, all at once, each with its place."""
    (folder / "jhub.yaml").write_text("name: Lab_1\nnetwork:\n  zones: 2\n")

    assert run(["validate"]) == 3
    err = capsys.readouterr().err
    assert "jhub.yaml:1:7" in err
    assert "jhub.yaml:3:10" in err


def test_deploy_to_aws_without_a_terminal_names_yes(capsys: pytest.CaptureFixture[str]) -> None:
    """No prompt where nobody answers."""
    assert run(["deploy"]) == 2
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (
            ["--local"],
            "it removes users' files and backups too (--keep-data keeps them)",
        ),
        (
            ["--local", "--keep-data"],
            "it keeps users' files and backups (--delete-data jupyterhub-on-eks removes them too)",
        ),
    ],
)
def test_destroy_without_a_terminal_names_yes_and_what_becomes_of_the_data(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Removing is never done by accident, and files never by surprise."""
    assert run(["destroy", "--json", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["hint"] == (
        f"give the same command the option --yes;\n{hint}"
    )


def test_an_unexpected_error_leaves_a_log(folder: Path) -> None:
    """The bug's story is in a file that the block names, in the work folder if there is one."""
    (folder / ".jhub").mkdir()
    crash = describe_crash(RuntimeError("boom"), ["plan"])

    assert crash.exit_code == 1
    assert crash.log.startswith(str(folder / ".jhub"))
    with open(crash.log, encoding="utf-8") as log:  # noqa: PTH123 - a plain read
        assert "RuntimeError: boom" in log.read()
        assert os.fstat(log.fileno()).st_mode & 0o777 == 0o600


def test_a_crash_of_a_library_says_where_python_was(folder: Path) -> None:
    """Python itself is gone then; what was called last is told all the same."""
    code = (
        "import ctypes\n"
        "from jupyterhub_eks.cli.app import end_with\n"
        "def calls_a_library(): return ctypes.string_at(0)\n"
        "end_with(calls_a_library, [])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder
    )

    assert ended.returncode == -11
    assert "in calls_a_library" in ended.stderr


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Editors read it as it is."""
    assert run(["schema", "profiles"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "profiles.yaml"
