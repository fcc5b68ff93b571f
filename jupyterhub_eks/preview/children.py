"""The two processes of a preview: the proxy and JupyterHub."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.document import LOOPBACK
from jupyterhub_eks.preview.files import unwritable
from jupyterhub_eks.preview.installing import KEEPER
from jupyterhub_eks.preview.last_words import last_lines, why
from jupyterhub_eks.preview.leftovers import MARK
from jupyterhub_eks.preview.record import Recorded, recorded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.preview.files import PreviewFiles
    from jupyterhub_eks.preview.making import Ports
    from jupyterhub_eks.preview.proxy_program import ProxyProgram

HUB: Final = "hub"
PROXY: Final = "proxy"
_SOURCES: Final = Path(__file__).resolve().parents[2]
# What they may see of the caller's environment: nothing secret, and no web proxy.
_PASSED: Final = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER", "LOGNAME")


@dataclass(frozen=True)
class Child:
    """A process that runs."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    begun: int

    @property
    def record(self) -> Recorded:
        """What tells it from any other."""
        return recorded(self.name, self.process.pid)

    def words(self) -> str:
        """Return what it has written since it was started."""
        try:
            with self.log.open("rb") as file:
                file.seek(self.begun)
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def why_it_ended(self) -> str:
        """Return the line of its exception, or what it has written last."""
        code = self.process.returncode
        was_killed = code is not None and code < 0
        found = last_lines(self.words()) if was_killed else why(self.words())
        return found or "its log says nothing"

    def how_it_ended(self) -> str:
        """Return its exit code or the signal, in words."""
        code = self.process.returncode
        if code is not None and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"


def start_proxy(files: PreviewFiles, program: ProxyProgram, ports: Ports) -> Child:
    """Start the proxy.

    Raises:
        PreviewError: It cannot be started.
    """
    argv = (
        *(str(program.node), str(program.script)),
        *("--ip", LOOPBACK, "--port", str(ports.public)),
        *("--api-ip", LOOPBACK, "--api-port", str(ports.proxy_api)),
        *("--error-target", f"http://{ports.hub_host}:{ports.hub}/hub/error"),
        *("--log-level", "warn"),
    )
    return _start(PROXY, argv, files, {"CONFIGPROXY_AUTH_TOKEN": ports.token})


def start_hub(files: PreviewFiles, python: Path) -> Child:
    """Start JupyterHub with the document that lies in the state.

    Raises:
        PreviewError: It cannot be started.
    """
    argv = (str(python), "-m", "jupyterhub_eks.preview.hub", str(files.document))
    path = f"{python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return _start(HUB, argv, files, {"PYTHONPATH": str(_SOURCES), "PATH": path})


def _start(name: str, argv: tuple[str, ...], files: PreviewFiles, own: Mapping[str, str]) -> Child:
    env = {key: os.environ[key] for key in _PASSED if key in os.environ}
    log = files.log(name)
    command = [sys.executable, "-I", str(KEEPER), str(os.getpid()), *argv]
    try:
        with log.open("ab") as output:
            log.chmod(0o600)
            begun = output.seek(0, os.SEEK_END)
            process = subprocess.Popen(
                command,
                cwd=files.home,
                env={**env, **own, MARK: str(files.home)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we end it
            )
    except OSError as error:
        if error.filename == str(log):
            raise unwritable(log, error) from error
        raise PreviewError(f"the {name} cannot be started", cause=str(error)) from error
    return Child(name, process, log, begun)
