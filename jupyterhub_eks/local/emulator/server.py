"""Run the embedded AWS in this process: settings, socket, record, uvicorn."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import uvicorn

from jupyterhub_eks.local.emulator import state
from jupyterhub_eks.local.emulator.answers import WholeAnswers
from jupyterhub_eks.local.environment import KEY, PLANES_IN
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.local.record import LocalPaths, ServerRecord

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.layer import GapLayer

ACCOUNT: Final = "000000000000"
# A command that looks whether the folder is served holds its lock for a moment.
CLAIM_SECONDS: Final = 1.0


def _settings(paths: LocalPaths, port: int) -> dict[str, str]:
    """Return ``ministack``'s environment (its README, "Configuration")."""
    return {
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        # Its root: EKS makes the creator of a cluster its administrator, whom it must know.
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(paths.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(paths.state / "s3"),
        # Listeners and containers that nobody asked for: no second port, and never
        # a look at a Docker daemon, where an emulator of the user's own may run.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{paths.home}/no-docker.sock",
        PLANES_IN: str(paths.home.parent.absolute()),
        "MINISTACK_WORKER_THREADS": "16",
        "LOG_LEVEL": "WARNING",
    }


def _bind(preferred: int) -> socket.socket:
    """Listen on loopback, on ``preferred`` if it is free, else on any free port.

    The port is kept because it is part of queue URLs and OIDC issuers, which
    Terraform has in its state.
    """
    for port in dict.fromkeys((preferred, 0)):
        # asyncio turns Nagle's algorithm off only where the protocol is named. With it an
        # answer that is sent in two pieces waits 40 ms for the client's acknowledgement.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            if port == 0:
                raise
        else:
            return listener
    raise AssertionError("unreachable: port 0 either binds or raises")


def _claim(paths: LocalPaths) -> None:
    """Hold the state folder for the life of this process: two would overwrite each other.

    Raises:
        SystemExit: Another process holds it.
    """
    descriptor = os.open(paths.serving, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + CLAIM_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                holder = paths.serving.read_text().strip()
                message = f"process {holder} serves this folder already: end it first"
                raise SystemExit(message) from None
            time.sleep(0.01)
        else:
            break
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())


def _application(paths: LocalPaths, health: dict[str, object]) -> GapLayer:
    # Imported here because ministack reads its settings from the environment on import.
    from ministack import app as ministack  # noqa: PLC0415

    from jupyterhub_eks.local.emulator.gaps import GAPS  # noqa: PLC0415
    from jupyterhub_eks.local.emulator.layer import GapLayer  # noqa: PLC0415

    save = state.write_through(ministack.SERVICE_REGISTRY, paths.state)
    return GapLayer(ministack.app, GAPS, save, health)


def serve(paths: LocalPaths) -> None:
    """Serve until SIGTERM; the record is written once the port is open."""
    # Passwords and client secrets of users are in the state, as AWS keeps them in its own.
    os.umask(0o077)
    _claim(paths)
    instance = state.instance_id(paths.state)
    listener = _bind(_last_port(paths))
    port = listener.getsockname()[1]
    os.environ.update(_settings(paths, port))
    record = ServerRecord(
        pid=os.getpid(),
        process_started=started_at(os.getpid()) or "",
        port=port,
        instance_id=instance,
        launched=time.time(),
    )
    application = _application(paths, dict(asdict(record)))
    config = uvicorn.Config(
        application,
        http=WholeAnswers,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        date_header=False,  # ministack writes it
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    paths.port.write_text(str(port))
    asyncio.run(_run(uvicorn.Server(config), listener, paths, record))


async def _run(
    server: uvicorn.Server, listener: socket.socket, paths: LocalPaths, record: ServerRecord
) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    if server.started:
        record.write(paths.record)
    await serving


def _last_port(paths: LocalPaths) -> int:
    try:
        return int(json.loads(paths.port.read_text()))
    except (OSError, ValueError):
        return 0
