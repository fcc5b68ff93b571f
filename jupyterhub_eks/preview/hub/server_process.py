"""A user's server as a process of this machine, which ends with the hub."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.hub.enclosed import NO_HOME

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.hub.enclosed import Enclosure

# Until JupyterLab listens; a busy laptop takes its time.
LISTEN_SECONDS: Final = 120.0
STOP_SECONDS: Final = 10.0
_BETWEEN_SECONDS: Final = 0.1
_LOG_LINES: Final = 12


class ServerError(Exception):
    """A server did not start; the text is for its user."""


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """The process, with all that it starts.

    Args:
        enclosure: What runs, and what it sees of this machine.
        log: File that gets what it says.
    """

    def __init__(self, enclosure: Enclosure, log: Path) -> None:
        self._enclosure, self._log = enclosure, log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; what it runs and sees is told to it by a pipe, as there are secrets in it."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "jupyterhub_eks.preview.hub.enclosed",
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        told = self._process.stdin
        if told is None:
            raise RuntimeError("a process with a pipe has one")
        with suppress(BrokenPipeError, ConnectionResetError):
            told.write(json.dumps(self._enclosure).encode())
            await told.drain()
        told.close()

    async def ended(self) -> int:
        """Return how it ends."""
        return 0 if self._process is None else await self._process.wait()

    async def listening(self, port: int) -> None:
        """Return once it listens.

        Raises:
            ServerError: It has ended, or takes too long.
        """
        until = asyncio.get_running_loop().time() + LISTEN_SECONDS
        while asyncio.get_running_loop().time() < until:
            if (code := self.poll()) is not None:
                raise ServerError(self._why_ended(code))
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(_BETWEEN_SECONDS)
                continue
            writer.close()
            return
        raise ServerError(f"JupyterLab does not listen after {LISTEN_SECONDS:.0f} s: {self._log}")

    def poll(self) -> int | None:
        """Return how it has ended; None while it runs."""
        return 0 if self._process is None else self._process.returncode

    async def stop(self) -> None:
        """End it: asked first, then made to."""
        process = self._process
        if process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.send_signal(how)
                with suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), STOP_SECONDS)

    def _why_ended(self, code: int) -> str:
        words = self.last_words()
        if code == NO_HOME:
            return words.splitlines()[-1]
        if "No module named jupyterhub.singleuser" in words or "No module named 'jupyter" in words:
            return "JupyterLab is not installed where the preview runs it; its log says more."
        return f"JupyterLab has ended at once ({code}): {words}"

    def last_words(self) -> str:
        """Return the last lines that it has said."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return "\n".join(lines[-_LOG_LINES:]) or "it said nothing."
