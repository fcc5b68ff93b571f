"""The adapter drives the real Terraform, with its built-in resource and no provider."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import (
    InterruptedRunError,
    StalePlanError,
    TerraformError,
    ToolError,
)
from jupyterhub_eks.ports import PlannedChange, Progress, StackRun
from jupyterhub_eks.tools.process import ProcessRunner
from jupyterhub_eks.tools.terraform import TerraformCommand, ignored_variables
from jupyterhub_eks.tools.terraform_binary import find_terraform

if TYPE_CHECKING:
    from pathlib import Path

SOON = 30.0


def _command(**environ: str) -> TerraformCommand:
    return TerraformCommand(str(find_terraform()), ProcessRunner(), {**os.environ, **environ})


def _write(run: StackRun, resources: dict[str, Any], **more: Any) -> None:
    document = {
        "terraform": {"backend": {"local": {"path": "../../state/a.tfstate"}}},
        "resource": {"terraform_data": resources},
        **more,
    }
    run.directory.mkdir(parents=True, exist_ok=True)
    (run.directory / "cdk.tf.json").write_text(json.dumps(document))


def _script(command: str) -> list[dict[str, Any]]:
    return [{"local-exec": {"command": command}}]


@pytest.fixture
def run(tmp_path: Path) -> StackRun:
    """Return a stack with one resource, an output and a sensitive output."""
    run = StackRun(stack="a", directory=tmp_path / "stacks" / "a", log=tmp_path / "logs" / "a.log")
    outputs = {"o": {"value": "hello"}, "s": {"value": "hunter22", "sensitive": True}}
    _write(run, {"x": {"input": "one"}}, output=outputs)
    return run


def _apply(command: TerraformCommand, run: StackRun, *, destroy: bool = False) -> list[Progress]:
    plan, told = run.directory.parent / "plan", []
    command.init(run, {})
    command.plan(run, plan, destroy=destroy)
    command.apply(run, plan, told.append)
    return told


def _addresses(run: StackRun) -> set[str]:
    state = json.loads(_command().state_pull(run))
    return {f"{each['type']}.{each['name']}" for each in state["resources"]}


def test_a_life_cycle(run: StackRun) -> None:
    """Create, no change, change, destroy: each as Terraform itself tells it."""
    command, plan = _command(), run.directory.parent / "plan"
    told = _apply(command, run)
    assert [(each.address, each.action, each.status) for each in told] == [
        ("terraform_data.x", "create", "started"),
        ("terraform_data.x", "create", "finished"),
    ]
    assert command.plan(run, plan) == ()
    assert _addresses(run) == {"terraform_data.x"}
    _write(run, {"x": {"input": "two"}})
    changes = command.plan(run, plan)
    update = PlannedChange(address="terraform_data.x", type="terraform_data", actions=("update",))
    assert update in changes
    assert set(command.show(run, plan)) == set(changes)
    _apply(command, run, destroy=True)
    assert json.loads(command.state_pull(run))["resources"] == []


def test_sensitive_values_stay_out_of_the_log(run: StackRun) -> None:
    """They are logged by no command."""
    command = _command()
    _apply(command, run)
    assert "hunter22" in command.state_pull(run)
    command.show(run, run.directory.parent / "plan")
    assert "hunter22" not in run.log.read_text()


def test_init_is_skipped_until_something_it_reads_changes(run: StackRun) -> None:
    """The second init starts no process; one after a new backend path does."""
    command = _command()
    command.init(run, {})
    before = run.log.read_text()
    command.init(run, {})
    assert run.log.read_text() == before


def test_a_lost_init_is_made_again(run: StackRun) -> None:
    """When Terraform asks for an init, it is run and the command repeated."""
    command = _command()
    _apply(command, run)
    shutil.rmtree(run.directory / ".terraform")
    assert command.plan(run, run.directory.parent / "plan") == ()


def test_a_stale_plan_is_refused(run: StackRun) -> None:
    """A plan from before the last apply is no longer applied."""
    command, plan = _command(), run.directory.parent / "plan"
    _apply(command, run)
    with pytest.raises(StalePlanError):
        command.apply(run, plan, lambda _: None)


def test_a_failure_is_cut_to_resource_and_cause(run: StackRun) -> None:
    """Address, summary and log are named; the diagnostics' decoration is not."""
    _write(run, {"bad": {"input": "b", "provisioner": _script("echo oops >&2; exit 3")}})
    with pytest.raises(TerraformError, match="apply of stack 'a' failed") as caught:
        _apply(_command(), run)
    assert caught.value.cause.startswith("terraform_data.bad: local-exec provisioner error")
    assert "oops" in caught.value.cause
    assert caught.value.log == str(run.log)


def test_an_import_block_is_part_of_the_plan(run: StackRun) -> None:
    """Kept data comes back as ``import``, not as ``create``."""
    command = _command()
    (run.directory).joinpath("adopt.tf.json").write_text(
        json.dumps({"import": [{"to": "terraform_data.x", "id": "kept"}]})
    )
    command.init(run, {})
    plan = run.directory.parent / "plan"
    changes = command.plan(run, plan)
    actions = [each.actions for each in changes if each.type == "terraform_data"]
    assert actions[0] == ("import",)
    assert ("create",) not in actions
    command.apply(run, plan, lambda _: None)
    (state,) = json.loads(command.state_pull(run))["resources"]
    assert state["instances"][0]["attributes"]["id"] == "kept"


def test_forgotten_resources_are_not_destroyed(run: StackRun) -> None:
    """After a forget, a destroy plan does not know the resource."""
    command = _command()
    _apply(command, run)
    command.state_forget(run, ("terraform_data.x",))
    changes = command.plan(run, run.directory.parent / "plan", destroy=True)
    assert [each for each in changes if each.type != "output"] == []


def test_arguments_in_the_environment_are_dropped(run: StackRun) -> None:
    """``TF_CLI_ARGS`` and its like would change what a command does."""
    environ = {"TF_CLI_ARGS": "-nonsense", "TF_CLI_ARGS_plan": "-destroy", "TF_WORKSPACE": "x"}
    assert ignored_variables(environ) == ("TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_WORKSPACE")
    command = _command(**environ)
    command.init(run, {})
    changes = command.plan(run, run.directory.parent / "plan")
    assert changes[0].actions == ("create",)


def test_a_program_that_is_not_terraform_is_told() -> None:
    """The error names the variable that corrects it."""
    command = TerraformCommand("/bin/true", ProcessRunner(), dict(os.environ))
    with pytest.raises(ToolError) as caught:
        command.version()
    assert "JHUB_TERRAFORM" in caught.value.hint


def _slow(run: StackRun, ready: Path) -> None:
    first = {"input": "1", "provisioner": _script(f"echo x > {ready}; sleep 1")}
    _write(run, {"first": first, "second": {"input": "2", "depends_on": ["terraform_data.first"]}})


def _wait_for(path: Path) -> None:
    end = time.monotonic() + SOON
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_interrupt_lets_terraform_write_its_state(run: StackRun, tmp_path: Path) -> None:
    """What was begun is in the state; what was not begun is left to the next run."""
    command, ready = _command(), tmp_path / "ready"
    _slow(run, ready)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            _apply(command, run)
        except InterruptedRunError as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    _wait_for(ready)
    command.interrupt()
    thread.join(SOON)

    assert len(errors) == 1
    assert _addresses(run) == {"terraform_data.first"}
    ready.unlink()
    _apply(_command(), run)
    assert len(_addresses(run)) == 2


def test_a_killed_parent_loses_no_resource(run: StackRun, tmp_path: Path) -> None:
    """Terraform ends by itself and the same command again waits for its lock."""
    ready = tmp_path / "ready"
    _slow(run, ready)
    program = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from jupyterhub_eks.ports import StackRun
        from jupyterhub_eks.tools.process import ProcessRunner
        from jupyterhub_eks.tools.terraform import TerraformCommand
        from jupyterhub_eks.tools.terraform_binary import find_terraform
        command = TerraformCommand(str(find_terraform()), ProcessRunner(), dict(os.environ))
        folder, log = Path({str(run.directory)!r}), Path({str(run.log)!r})
        run = StackRun(stack="a", directory=folder, log=log)
        plan = Path({str(tmp_path / "plan")!r})
        command.init(run, {{}})
        command.plan(run, plan)
        command.apply(run, plan, lambda _: None)
    """)
    parent = subprocess.Popen([sys.executable, "-c", program])
    _wait_for(ready)
    parent.send_signal(signal.SIGKILL)
    parent.wait()

    _apply(_command(), run)

    assert _addresses(run) == {"terraform_data.first", "terraform_data.second"}
