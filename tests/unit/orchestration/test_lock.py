"""Two runs on one deployment are kept apart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.errors import LockedError
from jupyterhub_eks.orchestration import lock
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes import Bench


def test_a_second_run_is_told_who_holds_the_lock(bench: Bench) -> None:
    """Command, process and time stand in the message."""
    with (
        lock.held(bench.workspace.lock, "deploy"),
        pytest.raises(LockedError, match=rf"jhub deploy.*process {os.getpid()}"),
    ):
        plan(bench.context(), make_deployment())


def test_a_lock_file_left_behind_locks_nobody_out(bench: Bench) -> None:
    """Only the kernel's lock counts, and that ends with its process."""
    with lock.held(bench.workspace.lock, "deploy"):
        assert lock.is_held(bench.workspace.lock)
    assert bench.workspace.lock.exists()
    assert not lock.is_held(bench.workspace.lock)
    plan(bench.context(), make_deployment())


def test_a_command_learns_of_the_lock_before_it_starts_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No embedded AWS is started and nothing synthesized for a run that cannot be."""
    monkeypatch.chdir(tmp_path)
    workspace = Workspace(tmp_path / "work", "local", "lab")
    arguments = ["--name", "lab", "--local", "--work-dir", str(workspace.root), "--yes"]
    with lock.held(workspace.lock, "deploy"):
        before = sorted(workspace.root.rglob("*"))
        assert run(["deploy", *arguments]) == LockedError.exit_code
        assert sorted(workspace.root.rglob("*")) == before

    assert f"process {os.getpid()}" in capsys.readouterr().err
