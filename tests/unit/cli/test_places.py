"""What is suggested can be typed as it stands, from the current folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.places import as_typed, short_path, this_program


def test_a_path_is_written_from_here_or_from_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whichever is shorter; another one is written in full."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert short_path(str(tmp_path / "here" / "logs" / "a.log")) == "logs/a.log"
    assert short_path(str(tmp_path / "logs")) == "~/logs"
    assert short_path("/var/log") == "/var/log"


def test_a_program_that_is_not_on_path_is_suggested_by_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After ./install.sh nobody has put the environment on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_program() == short_path(str(Path(sys.prefix) / "bin" / "jhub"))

    (tmp_path / "jhub").touch(mode=0o755)
    assert this_program() == "jhub"


@pytest.fixture
def not_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty current folder, in a shell that knows no ``jhub``."""
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_of_lower_layers_are_said_as_they_are_typed(not_on_path: Path) -> None:
    """A hint of Terraform's wrapper cannot know how the program was called."""
    assert not_on_path.is_dir()
    program = this_program()

    assert as_typed("run `jhub local reset`, or jhub deploy") == (
        f"run `{program} local reset`, or {program} deploy"
    )
    prose = f"jhub has a bug here; {program} deploy; a file that jhub did not write; .jhub/local"
    assert as_typed(prose) == prose


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "lab"],
        ["status", "--local"],
        ["status"],
        ["open", "--local", "--auth", "dummy"],
        ["open", "--local", "--auth", "dummy", "--json"],
        ["upgrade"],
        ["deploy", "--auth", "dummy"],
        ["output", "network", "--local"],
    ],
    ids=" ".join,
)
def test_no_hint_carries_a_command_that_cannot_be_pasted(
    not_on_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Whatever a command suggests begins with the path of the program."""
    assert not_on_path.is_dir()
    run(arguments)

    shown = "".join(capsys.readouterr())
    assert this_program() in shown
    assert re.findall(r"(?<![\w./-])jhub [a-z]+", shown) == []
