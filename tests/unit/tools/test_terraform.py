"""What the adapter hands to the runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import InterruptedRunError, PreflightError, TerraformError
from jupyterhub_eks.ports import StackRun
from jupyterhub_eks.tools.terraform import TerraformCommand
from tests.support.runner import ScriptedRunner

if TYPE_CHECKING:
    from pathlib import Path


def _run(folder: Path) -> StackRun:
    return StackRun(stack="a", directory=folder, log=folder / "log", env={"AWS_X": "1"})


def test_terraform_never_asks_and_never_calls_home(tmp_path: Path) -> None:
    """Settings of the run win over the user's, and dangerous ones are dropped."""
    runner = ScriptedRunner()
    environ = {"TF_INPUT": "1", "TF_CLI_ARGS": "-x", "AWS_X": "2", "PATH": "/bin"}
    TerraformCommand("terraform", runner, environ).state_pull(_run(tmp_path))
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
    TerraformCommand("terraform", runner, environ).state_pull(_run(tmp_path))
    assert runner.commands[0].secrets == ("abcdefgh1234",)


def test_variables_of_stacks_are_secrets_in_each_form(tmp_path: Path) -> None:
    """Terraform's own log is JSON, in which a quote is written otherwise."""
    runner = ScriptedRunner()
    environ = {"TF_VAR_hub_secret_x": 'with-"quote"'}
    TerraformCommand("terraform", runner, environ).state_pull(_run(tmp_path))
    assert runner.commands[0].secrets == ('with-"quote"', 'with-\\"quote\\"')


def test_states_and_plans_are_not_logged(tmp_path: Path) -> None:
    """Their text holds secrets."""
    runner = ScriptedRunner(stdout="{}")
    command = TerraformCommand("terraform", runner, {})
    command.state_pull(_run(tmp_path))
    command.show(_run(tmp_path), tmp_path / "plan")
    assert command.show_json(_run(tmp_path), tmp_path / "plan") == "{}"
    assert all(each.private for each in runner.commands)


def test_a_failure_of_an_interrupted_run_is_an_interrupt(tmp_path: Path) -> None:
    """Ctrl-C is not reported as Terraform's fault."""
    runner = ScriptedRunner(returncode=1, interrupted=True)
    with pytest.raises(InterruptedRunError):
        TerraformCommand("terraform", runner, {}).state_pull(_run(tmp_path))


def test_a_killed_terraform_is_told_as_such(tmp_path: Path) -> None:
    """It is no failure of the configuration, and the same command goes on."""
    runner = ScriptedRunner(returncode=-9)
    command = TerraformCommand("terraform", runner, {})
    with pytest.raises(TerraformError, match="killed by SIGKILL") as caught:
        command.apply(_run(tmp_path), tmp_path / "plan", lambda _: None)
    assert "run the same command again" in caught.value.hint


@pytest.mark.parametrize("variable", ["TMPDIR", "TF_PLUGIN_CACHE_DIR"])
def test_folders_that_cannot_be_used_are_told(tmp_path: Path, variable: str) -> None:
    """Terraform and its plug-ins would fail in them, in words that name neither."""
    (tmp_path / "file").touch()
    (tmp_path / "cdk.tf.json").write_text("{}")
    runner, environ = ScriptedRunner(), {variable: str(tmp_path / "file" / "folder")}
    command = TerraformCommand("terraform", runner, environ, version_of=lambda _: "1.11.4")
    with pytest.raises(PreflightError, match=f"{variable}=") as caught:
        command.init(_run(tmp_path), {})
    assert "unset" in caught.value.hint
    assert runner.commands == []
