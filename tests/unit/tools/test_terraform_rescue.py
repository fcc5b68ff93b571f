"""A state that Terraform could only print is saved, and reaches no log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.ports import StackRun
from jupyterhub_eks.tools.capture import without_states
from jupyterhub_eks.tools.terraform import TerraformCommand
from tests.support.runner import ScriptedRunner

if TYPE_CHECKING:
    from pathlib import Path

STATE = {"version": 4, "serial": 3, "lineage": "l", "outputs": {"p": {"value": "hunter22"}}}
# As Terraform 1.11 prints it when neither state nor `errored.tfstate` can be written.
DUMP = json.dumps({"@message": "Emergency state dump", "@module": "terraform.ui", "state": STATE})


def _apply(directory: Path) -> StateError:
    runner = ScriptedRunner(stdout=f'{{"type": "version"}}\n{DUMP}\n', returncode=1)
    run = StackRun(stack="network", directory=directory, log=directory.parent / "log")
    with pytest.raises(StateError) as caught:
        TerraformCommand("terraform", runner, {}).apply(run, directory / "plan", lambda _: None)
    return caught.value


def test_a_printed_state_is_saved_where_the_next_run_looks(tmp_path: Path) -> None:
    """Over the empty file that Terraform left, for the owner only."""
    (tmp_path / "errored.tfstate").touch()

    error = _apply(tmp_path)

    saved = tmp_path / "errored.tfstate"
    assert json.loads(saved.read_text()) == STATE
    assert saved.stat().st_mode & 0o077 == 0
    assert str(saved) in error.hint
    assert "hunter22" not in f"{error.message}{error.cause}{error.hint}"


def test_without_room_it_is_saved_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint has the command that brings it to its place."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / "gone" / "network"

    error = _apply(folder)

    (saved,) = tmp_path.glob("jhub-errored-*.tfstate")
    assert json.loads(saved.read_text()) == STATE
    assert f"mv {saved} {folder / 'errored.tfstate'}" in error.hint


def test_without_room_anywhere_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing claims that the state was saved."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))

    assert "no other place took it" in _apply(tmp_path / "gone").message


def test_states_are_kept_out_of_a_log() -> None:
    """Neither the one line of ``-json`` nor the indented block is handed on; the rest is."""
    lines: list[str] = []
    write = without_states(lines.append)
    block = json.dumps(STATE, indent=2)
    for line in ['{"type":"version"}', DUMP, "Error: a", *block.splitlines(), "Error: b"]:
        write(line)

    assert "hunter22" not in "".join(lines)
    told = [line for line in lines if "not logged" not in line]
    assert told == ['{"type":"version"}', "Error: a", "Error: b"]
    assert len(lines) == len(told) + 2


def test_a_block_that_is_never_closed_is_kept_out_too() -> None:
    """A full disk may have cut it."""
    lines: list[str] = []
    write = without_states(lines.append)
    for line in ["{", '  "p": "hunter22"']:
        write(line)

    assert len(lines) == 1
    assert "hunter22" not in lines[0]
