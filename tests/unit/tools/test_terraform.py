"""What the adapter hands to the runner."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import InterruptedRunError, ToolError
from jupyterhub_eks.ports import StackRun
from jupyterhub_eks.tools.process import Command, Outcome
from jupyterhub_eks.tools.terraform import TerraformCommand

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.tools.capture import LineSink


@dataclass
class ScriptedRunner:
    """Answers every command the same way and remembers it."""

    stdout: str = ""
    returncode: int = 0
    interrupted: bool = False
    commands: list[Command] = field(default_factory=list)

    def run(
        self,
        command: Command,
        log: Path | None,  # noqa: ARG002 - the protocol's
        on_line: LineSink | None = None,  # noqa: ARG002 - the protocol's
    ) -> Outcome:
        """Remember the command."""
        self.commands.append(command)
        return Outcome(
            returncode=self.returncode,
            stdout=self.stdout,
            stderr="",
            seconds=0,
            interrupted=self.interrupted,
        )

    def interrupt(self) -> None:
        """Do nothing."""


def _run(folder: Path) -> StackRun:
    return StackRun(stack="a", directory=folder, log=folder / "log", env={"AWS_X": "1"})


@pytest.mark.parametrize(("version", "fits"), [("1.9.8", False), ("1.10.0", True), ("2.0.0", True)])
def test_old_versions_are_refused(version: str, *, fits: bool) -> None:
    """The minimum is that of the project's versions."""
    runner = ScriptedRunner(stdout=json.dumps({"terraform_version": version}))
    command = TerraformCommand("terraform", runner, {})
    if fits:
        assert command.version() == version
    else:
        with pytest.raises(ToolError, match="too old"):
            command.version()


def test_terraform_never_asks_and_never_calls_home(tmp_path: Path) -> None:
    """Settings of the run win over the user's, and dangerous ones are dropped."""
    runner = ScriptedRunner()
    environ = {"TF_INPUT": "1", "TF_CLI_ARGS": "-x", "AWS_X": "2", "PATH": "/bin"}
    TerraformCommand("terraform", runner, environ).state_list(_run(tmp_path))
    assert runner.commands[0].env == {
        "PATH": "/bin",
        "AWS_X": "1",
        "TF_INPUT": "0",
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }


def test_credentials_are_secrets(tmp_path: Path) -> None:
    """They are replaced wherever they would be printed."""
    runner = ScriptedRunner()
    environ = {"AWS_SECRET_ACCESS_KEY": "abcdefgh1234", "AWS_SESSION_TOKEN": "short"}
    TerraformCommand("terraform", runner, environ).state_list(_run(tmp_path))
    assert runner.commands[0].secrets == ("abcdefgh1234",)


def test_states_and_plans_are_not_logged(tmp_path: Path) -> None:
    """Their text holds secrets."""
    runner = ScriptedRunner(stdout="{}")
    command = TerraformCommand("terraform", runner, {})
    command.state_pull(_run(tmp_path))
    command.outputs(_run(tmp_path))
    command.show(_run(tmp_path), tmp_path / "plan")
    assert all(each.private for each in runner.commands)


def test_data_sources_are_no_resources(tmp_path: Path) -> None:
    """Only what Terraform manages is listed."""
    runner = ScriptedRunner(stdout="data.aws_x.y\naws_a.b\nmodule.m.data.aws_x.z\n")
    listed = TerraformCommand("terraform", runner, {}).state_list(_run(tmp_path))
    assert listed == ("aws_a.b",)


def test_a_failure_of_an_interrupted_run_is_an_interrupt(tmp_path: Path) -> None:
    """Ctrl-C is not reported as Terraform's fault."""
    runner = ScriptedRunner(returncode=1, interrupted=True)
    with pytest.raises(InterruptedRunError):
        TerraformCommand("terraform", runner, {}).state_list(_run(tmp_path))
