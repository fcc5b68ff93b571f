"""``jhub output`` where there is nothing to print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.reports import DeployRequest
from jupyterhub_eks.ports import Target
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import NAME, Bench, make_deployment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder with its own work folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    return tmp_path


def test_nothing_deployed_is_said_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Code 0 and an empty stdout for scripts; people are told how to go on."""
    assert run(["output", "--local"]) == 0

    assert capsys.readouterr() == (
        "",
        (
            "jupyterhub-on-eks on the embedded AWS: nothing is deployed\n"
            "jhub deploy makes it; --local tries it on this machine, without an account\n"
        ),
    )


def test_nothing_deployed_is_an_empty_document(capsys: pytest.CaptureFixture[str]) -> None:
    """The same kind of document as with outputs."""
    assert run(["output", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {}


def test_outputs_of_a_stack_that_is_not_there_are_a_usage_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script that asks for one stack must not go on with nothing."""
    assert run(["output", "network"]) == 2
    assert "nothing is deployed yet" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["output", "status"])
def test_a_forgotten_local_is_pointed_out(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is deployed on the embedded AWS is named, and how to get there."""
    bench = Bench(folder)
    bench.workspace = Workspace(folder / "work", "local", NAME)
    context = bench.context(target=Target(kind="local"))
    deploy(context, make_deployment(), DeployRequest(confirm=lambda _: True))

    assert run([command]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"deployed on the embedded AWS: {NAME} (the same command with --local)"
    )
