"""Lead a port of this machine to a Service in the cluster, with kubectl.

kubectl ends when the pod behind the Service goes, as with every change of the hub; it is
then started again, until the user stops it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from jupyterhub_eks.errors import ClusterError, PreflightError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_READY: Final = "Forwarding from"
_PAUSE_SECONDS: Final = 2.0
_END_SECONDS: Final = 5.0


@dataclass(frozen=True, kw_only=True)
class Forward:
    """What leads where.

    Attributes:
        kubectl: Path of the program.
        access: Arguments that say how the cluster is reached: ``--kubeconfig`` or ``--context``.
        namespace: Namespace of the Service.
        service: Its name.
        service_port: Its port, by name or number.
        port: Port of this machine, on loopback.
        environ: Environment of kubectl, which calls ``jhub token``.
    """

    kubectl: Path
    access: tuple[str, ...]
    namespace: str
    service: str
    service_port: str
    port: int
    environ: Mapping[str, str] = field(repr=False)

    @property
    def argv(self) -> tuple[str, ...]:
        """The command."""
        return (
            str(self.kubectl),
            *self.access,
            *("--namespace", self.namespace, "port-forward", "--address", "127.0.0.1"),
            f"service/{self.service}",
            f"{self.port}:{self.service_port}",
        )


def require_free(port: int) -> None:
    """Check that nothing listens on a port of this machine.

    Raises:
        PreflightError: Something does, or the port may not be used.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PreflightError(
                f"port {port} of this machine cannot be used",
                cause=error.strerror or str(error),
                hint="choose another one with --port",
            ) from error


def keep_forwarding(
    forward: Forward,
    *,
    on_ready: Callable[[], None],
    on_lost: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Forward until interrupted; a connection that breaks is made again.

    Args:
        forward: What leads where.
        on_ready: Called once, when the port answers for the first time.
        on_lost: Called with kubectl's words each time the connection breaks.
        pause: Waits for some seconds.

    Raises:
        ClusterError: The first connection does not come about.
        KeyboardInterrupt: The user has had enough.
    """
    announce: Callable[[], None] | None = on_ready
    while True:
        ready, said = _run(forward, announce)
        if ready:
            announce = None
        elif announce:
            raise _unreachable(forward, said)
        on_lost(said)
        pause(_PAUSE_SECONDS)


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def forwarded(forward: Forward) -> Iterator[None]:
    """Lead the port to the Service as long as a block lasts.

    Raises:
        ClusterError: The connection does not come about.
    """
    with tempfile.TemporaryFile("w+") as errors:
        process = _start(forward, errors)
        try:
            if not any(line.startswith(_READY) for line in process.stdout or ()):
                process.wait()
                errors.seek(0)
                said = errors.read().strip().removeprefix("error: ")
                raise _unreachable(forward, said or f"kubectl ended with {process.returncode}")
            yield
        finally:
            _end(process)


def _unreachable(forward: Forward, said: str) -> ClusterError:
    return ClusterError(
        f"service {forward.namespace}/{forward.service} cannot be reached",
        cause=said,
        hint="`jhub status` shows whether the hub is deployed; a hub that has just been "
        "deployed may take a minute",
    )


def _start(forward: Forward, errors: IO[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        forward.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=dict(forward.environ),
        start_new_session=True,  # Ctrl-C is for us; we end it
    )


def _run(forward: Forward, on_ready: Callable[[], None] | None) -> tuple[bool, str]:
    """Run kubectl to its end; return whether it was ever connected, and its last words."""
    ready = False
    with tempfile.TemporaryFile("w+") as errors:
        process = _start(forward, errors)
        try:
            for line in process.stdout or ():
                if not ready and line.startswith(_READY):
                    ready = True
                    if on_ready:
                        on_ready()
            process.wait()
        finally:
            _end(process)
        errors.seek(0)
        said = errors.read().strip().removeprefix("error: ")
    return ready, said or f"kubectl ended with {process.returncode}"


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdout:
        process.stdout.close()
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
