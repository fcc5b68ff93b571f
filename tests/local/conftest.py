"""A work folder with an embedded AWS of its own, the real ``jhub``, and the bare emulator."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.local import supervisor
from tests.support.command import Jhub, ensure_terraform, make_jhub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-west-2"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="session", autouse=True)
def terraform() -> Path:
    """Terraform, found or brought."""
    return ensure_terraform()


@pytest.fixture(scope="module")
def jhub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jhub]:
    """Give a module its own folder with the quickstart, and stop its embedded AWS."""
    command = make_jhub(tmp_path_factory.mktemp("jhub"))
    yield command
    command.run("local", "stop")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Clients of the embedded AWS."""
    work = tmp_path_factory.mktemp("embedded")
    try:
        yield Clients(REGION, supervisor.ensure_running(work).env)
    finally:
        supervisor.stop(work)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Clients of ministack as it is, without the layer in front."""
    folder = tmp_path_factory.mktemp("bare")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/none.sock",
    }
    command = [sys.executable, "-m", "uvicorn", "ministack.app:app", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=log, stderr=log, cwd=folder
        )
        try:
            _await_port(port)
            yield Clients(REGION, {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", **KEYS})
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the bare emulator did not start")
