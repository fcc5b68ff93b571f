"""What Terraform does not know, as it was killed or its files are lost, is found by its tag."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from tests.support.command import Jhub

NAME = "jupyterhub-on-eks"
REGION = "us-west-2"
SECONDS = 120.0
# The provider waits 25 s until it believes in a new queue.
CREATING = "aws_sqs_queue.InterruptionQueue: Creating..."


def _await_text(folder: Path, pattern: str, text: str) -> None:
    end = time.monotonic() + SECONDS
    while not any(text in path.read_text() for path in folder.glob(pattern)):
        assert time.monotonic() < end, f"{text!r} is in none of {pattern}"
        time.sleep(0.2)


def _kill_terraform_of(process: subprocess.Popen[str]) -> int:
    """Kill the Terraform processes of a run, and nothing else; return how many there were."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,comm="], check=True, capture_output=True, text=True
    )
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    pids = [
        int(pid)
        for pid, parent, name in rows
        if int(parent) == process.pid and Path(name).name == "terraform"
    ]
    return sum(_kill(pid) for pid in pids)


def _kill(pid: int) -> bool:
    """Kill a process; False if it has ended by itself since it was listed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def test_what_a_killed_terraform_made_is_taken_back(jhub: Jhub) -> None:
    """The same command again finds the queue, imports it, and completes."""
    process = jhub.start("deploy", "--local", "--yes")
    home = jhub.folder / ".jhub" / "local" / NAME
    _await_text(home, "logs/*-deploy/interruption.log", CREATING)
    time.sleep(2)  # the queue is made at once, and then waited for

    assert _kill_terraform_of(process) > 0
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 6, out + err
    assert "killed by SIGKILL" in err

    again = jhub.start("deploy", "--local", "--yes")
    out, err = again.communicate(timeout=4 * SECONDS)
    assert again.returncode == 0, out + err
    assert "taking back aws_sqs_queue.InterruptionQueue" in err
    jhub.run("plan", "--local", "--exit-code")


def test_a_deployment_whose_files_are_lost_is_removed_by_its_tag(jhub: Jhub) -> None:
    """A deploy refuses to make it a second time; a destroy leaves nothing, without any state."""
    shutil.rmtree(jhub.folder / ".jhub" / "local" / NAME)

    jhub.run("deploy", "--local", "--yes", code=10)
    report = jhub.json("destroy", "--local", "--yes")

    assert report["left"] == []
    (swept,) = report["stacks"]
    assert swept["removed"] > 60
    endpoint = str(jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, REGION, NAME) == []
