"""Processes are followed, stopped gently, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import InterruptedRunError, ToolError
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.tools.process import Command, Outcome, ProcessRunner, StopPatience

if TYPE_CHECKING:
    from pathlib import Path

SOON = 10.0


def _shell(script: str, folder: Path, **settings: object) -> Command:
    return Command(argv=("sh", "-c", script), cwd=folder, env=dict(os.environ), **settings)  # type: ignore[arg-type]


def _when_written(path: Path) -> None:
    end = time.monotonic() + SOON
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < end, f"{path} was not written"
        time.sleep(0.01)


def test_lines_arrive_while_the_child_runs(tmp_path: Path) -> None:
    """The first line is handed on before the child ends."""
    seen = tmp_path / "seen"
    script = f"echo one; while [ ! -e {seen} ]; do sleep 0.01; done; printf two"
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(line)
        seen.touch()

    outcome = ProcessRunner().run(_shell(script, tmp_path), tmp_path / "log", take)

    assert (outcome.returncode, lines) == (0, ["one", "two"])


def test_output_is_kept_apart_and_logged_together(tmp_path: Path) -> None:
    """Both streams and the exit code stand in the log."""
    command = _shell("echo out; echo err >&2; exit 3", tmp_path)
    outcome = ProcessRunner().run(command, tmp_path / "logs" / "log")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (3, "out\n", "err\n")
    log = (tmp_path / "logs" / "log").read_text()
    assert "out\n" in log
    assert "err\n" in log
    assert "[exit 3 " in log


def test_secrets_reach_neither_log_nor_lines(tmp_path: Path) -> None:
    """Arguments and both streams are cleaned."""
    lines: list[str] = []
    command = _shell("echo is hunter22; echo hunter22 >&2", tmp_path, secrets=("hunter22",))
    ProcessRunner().run(command, tmp_path / "log", lines.append)
    assert lines == ["is (secret)"]
    assert "hunter22" not in (tmp_path / "log").read_text()


def test_private_output_is_not_logged(tmp_path: Path) -> None:
    """States and outputs are for the caller only."""
    outcome = ProcessRunner().run(_shell("echo $((6*7))", tmp_path, private=True), tmp_path / "log")
    assert outcome.stdout == "42\n"
    assert "42\n" not in (tmp_path / "log").read_text()


def test_output_is_followed_where_memory_has_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other systems than Linux use a temporary file beside the log."""
    monkeypatch.delattr(os, "memfd_create", raising=False)
    outcome = ProcessRunner().run(_shell("echo out", tmp_path), tmp_path / "log")
    assert outcome.stdout == "out\n"


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """The error names program and folder."""
    command = Command(argv=("true",), cwd=tmp_path / "gone", env={})
    with pytest.raises(ToolError, match="gone"):
        ProcessRunner().run(command, None)


def _interrupted(tmp_path: Path, script: str, patience: StopPatience) -> Outcome:
    runner, ready = ProcessRunner(patience), tmp_path / "ready"
    outcomes: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: outcomes.append(
            runner.run(_shell(f"{script.format(ready=ready)}", tmp_path), tmp_path / "log")
        )
    )
    thread.start()
    _when_written(ready)
    runner.interrupt()
    thread.join(SOON)
    return outcomes[0]


def test_an_interrupt_lets_the_child_finish(tmp_path: Path) -> None:
    """The child gets SIGINT and the time to write what it must."""
    wait = "while :; do sleep 0.05; done"  # a signal just before `wait` would be slept through
    script = f"trap 'sleep 0.3; echo saved; exit 7' INT; echo > {{ready}} x; {wait}"
    outcome = _interrupted(tmp_path, script, StopPatience())
    assert (outcome.returncode, outcome.stdout, outcome.interrupted) == (7, "saved\n", True)


def test_a_child_that_ignores_it_is_terminated_and_then_killed(tmp_path: Path) -> None:
    """After both waits the whole session is killed, helpers included."""
    script = "trap '' INT TERM; echo > {ready} x; while :; do sleep 0.05; done"
    patience = StopPatience(interrupt=0.2, terminate=0.2)
    assert _interrupted(tmp_path, script, patience).returncode == -signal.SIGKILL


def test_nothing_is_started_after_an_interrupt(tmp_path: Path) -> None:
    """A run that is stopping begins nothing new."""
    runner = ProcessRunner()
    runner.interrupt()
    with pytest.raises(InterruptedRunError):
        runner.run(_shell("true", tmp_path), None)


def test_a_failing_listener_does_not_leave_the_child_behind(tmp_path: Path) -> None:
    """The child is stopped before the error goes on."""
    pid = tmp_path / "pid"

    def fail(_: str) -> None:
        raise RuntimeError("screen is gone")

    script = f"echo $$ > {pid}; echo x; exec sleep 60"
    with pytest.raises(RuntimeError, match="screen"):
        ProcessRunner().run(_shell(script, tmp_path), None, fail)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_killed_parent_lets_the_child_finish(tmp_path: Path) -> None:
    """After SIGKILL of the parent the child goes on to its end; printing does not kill it."""
    script = (
        f"trap 'exit 1' INT TERM; echo x > {tmp_path}/ready; sleep 1; "
        f"echo printing; echo saved > {tmp_path}/saved"
    )
    program = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from jupyterhub_eks.tools.process import Command, ProcessRunner
        command = Command(argv=("sh", "-c", {script!r}), cwd=Path("/"), env=dict(os.environ))
        ProcessRunner().run(command, Path({str(tmp_path / "log")!r}))
    """)
    parent = subprocess.Popen([sys.executable, "-c", program])
    _when_written(tmp_path / "ready")
    parent.kill()
    parent.wait()
    _when_written(tmp_path / "saved")


def test_plugins_of_a_killed_child_do_not_outlive_it(tmp_path: Path) -> None:
    """Terraform killed for want of memory leaves its providers, which nobody else would end."""
    script = (
        "import os, signal, subprocess, sys\n"
        "plugin = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(plugin.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = Command(argv=(sys.executable, "-c", script), cwd=tmp_path, env=dict(os.environ))

    outcome = ProcessRunner().run(command, None)

    assert outcome.returncode == -signal.SIGKILL
    end = time.monotonic() + SOON
    while started_at(int(outcome.stdout)) is not None:
        assert time.monotonic() < end, "the plug-in is still there"
        time.sleep(0.01)
