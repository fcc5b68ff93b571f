"""Start, find, stop and forget the embedded AWS of a work folder.

One process serves all commands that use the same work folder. Its record names
pid, start time of that process, port and the identity of its state; a process is
only trusted when all of them agree with what runs and answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from jupyterhub_eks.errors import LocalAwsError
from jupyterhub_eks.local.environment import client_environment, server_environment
from jupyterhub_eks.local.locking import exclusive
from jupyterhub_eks.local.processes import resident_mib, started_at
from jupyterhub_eks.local.record import LocalPaths, ServerRecord
from jupyterhub_eks.local.stopping import end_process, is_ours, serving_process, terminate
from jupyterhub_eks.workspace import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.01
_ANSWER_SECONDS: Final = 5.0
_LOG_LINES: Final = 15
_RESET_HINT: Final = "run 'jhub local reset' to start over with an empty account"


@dataclass(frozen=True, kw_only=True)
class LocalAws:
    """A running embedded AWS.

    Attributes:
        instance_id: Random id kept with the state: another one means that what was
            deployed before is gone.
        env: Environment that sends Terraform and the AWS SDKs here, and nowhere else.
        launched: Unix time of the start, in seconds.
    """

    endpoint: str
    port: int
    pid: int
    instance_id: str
    launched: float
    env: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LocalStatus:
    """What ``jhub local status`` shows.

    Attributes:
        aws: The running process, or None.
        uptime_seconds: Time since its start; 0 when it does not run.
        resident_mib: Resident memory of the process, MiB.
        resources: Number of resources by service, as the emulator's APIs list them.
        has_state: Whether there is state on disk, running or not.
        silent_pid: A process that serves the folder but does not answer as its record
            says, so that nothing can use it; None if there is none.
    """

    aws: LocalAws | None
    uptime_seconds: float = 0.0
    resident_mib: float = 0.0
    resources: Mapping[str, int] = field(default_factory=dict)
    has_state: bool = False
    silent_pid: int | None = None


def ensure_running(work_dir: Path, *, start_seconds: float = START_SECONDS) -> LocalAws:
    """Return the embedded AWS of ``work_dir``, starting it if it does not run.

    Two commands that start at once get the same process.

    Raises:
        LocalAwsError: It did not come up within ``start_seconds``.
    """
    if running := find(work_dir):
        return running
    paths = _paths(work_dir)
    try:
        make_private(work_dir)
        paths.home.mkdir(exist_ok=True)
    except OSError as error:
        raise LocalAwsError(
            f"cannot make the folder {paths.home} of the embedded AWS",
            cause=str(error),
            hint="choose another folder with --work-dir",
        ) from error
    with exclusive(paths.lock, wait_seconds=start_seconds):
        return find(work_dir) or _start(work_dir, start_seconds)


def find(work_dir: Path) -> LocalAws | None:
    """Return the running embedded AWS of ``work_dir``, or None."""
    paths = _paths(work_dir)
    record = ServerRecord.read(paths.record)
    if record is None or not is_ours(record) or not _answers(record):
        return None
    endpoint = f"http://127.0.0.1:{record.port}"
    return LocalAws(
        endpoint=endpoint,
        port=record.port,
        pid=record.pid,
        instance_id=record.instance_id,
        launched=record.launched,
        env=client_environment(endpoint, paths.home, os.environ),
    )


def stop(work_dir: Path) -> bool:
    """Stop the process, keeping its state; return whether one was running.

    Raises:
        LocalAwsError: The process did not end.
    """
    paths = _paths(work_dir)
    if not paths.home.is_dir():
        return False
    with exclusive(paths.lock, wait_seconds=START_SECONDS):
        return end_process(paths)


def reset(work_dir: Path) -> None:
    """Stop the process and delete everything that the embedded account holds."""
    paths = _paths(work_dir)
    if not paths.home.is_dir():
        return
    with exclusive(paths.lock, wait_seconds=START_SECONDS):
        end_process(paths)
        shutil.rmtree(paths.state, ignore_errors=True)
        if paths.state.exists():
            raise LocalAwsError(
                f"cannot delete the state of the embedded AWS in {paths.state}",
                hint=f"delete the folder {paths.state} by hand",
            )


def status(work_dir: Path) -> LocalStatus:
    """Return process, memory and resource counts of the embedded AWS."""
    paths = _paths(work_dir)
    has_state = any(paths.state.glob("*.json"))
    aws = find(work_dir)
    if aws is None:
        return LocalStatus(aws=None, has_state=has_state, silent_pid=serving_process(paths))
    # boto3 is loaded only where it is used: it takes longer than all the rest.
    from jupyterhub_eks.aws.counts import count_resources  # noqa: PLC0415

    return LocalStatus(
        aws=aws,
        uptime_seconds=max(0.0, time.time() - aws.launched),
        resident_mib=resident_mib(aws.pid),
        resources=count_resources(aws.env, _regions(paths)),
        has_state=has_state,
    )


def _paths(work_dir: Path) -> LocalPaths:
    return LocalPaths(work_dir.absolute() / "local-aws")


def _regions(paths: LocalPaths) -> list[str]:
    return paths.regions.read_text().split() if paths.regions.exists() else []


def _answers(record: ServerRecord) -> bool:
    """Whether the port is served by the very process of the record."""
    opener = build_opener(ProxyHandler({}))  # a proxy setting must not see loopback traffic
    url = f"http://127.0.0.1:{record.port}/_jhub/health"
    try:
        with opener.open(url, timeout=_ANSWER_SECONDS) as answer:
            health = json.load(answer)
    except (URLError, OSError, ValueError):
        return False
    return bool(health.get("instance_id") == record.instance_id and health.get("pid") == record.pid)


def _start(work_dir: Path, start_seconds: float) -> LocalAws:
    paths = _paths(work_dir)
    end_process(paths)
    paths.record.unlink(missing_ok=True)
    offset = paths.log.stat().st_size if paths.log.exists() else 0
    pid = _launch(paths)
    deadline = time.monotonic() + start_seconds
    while time.monotonic() < deadline:
        if paths.record.exists() and (running := find(work_dir)):
            return running
        if started_at(pid) is None:
            raise _failed("ended while it started", paths, offset)
        time.sleep(_POLL_SECONDS)
    terminate(pid)
    raise _failed(f"did not answer within {start_seconds:g} s", paths, offset)


def _launch(paths: LocalPaths) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub_eks.local.emulator", str(paths.home)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=server_environment(os.environ),
    )
    if done.returncode or not done.stdout.strip().isdigit():
        raise LocalAwsError(
            "the embedded AWS cannot be started",
            cause=done.stderr.strip() or f"exit code {done.returncode}",
            hint="install the project again with ./install.sh",
        )
    return int(done.stdout)


def _failed(what: str, paths: LocalPaths, offset: int) -> LocalAwsError:
    try:
        with paths.log.open("rb") as log:
            log.seek(offset)
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        lines = []
    return LocalAwsError(
        f"the embedded AWS {what}",
        cause="\n".join(lines[-_LOG_LINES:]) or "its log says nothing",
        hint=_RESET_HINT,
        log=str(paths.log),
    )
