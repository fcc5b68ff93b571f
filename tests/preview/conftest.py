"""The real ``jhub preview`` in processes of its own, with a state of its own for each test."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.preview.environment import ensure_environment
from jupyterhub_eks.preview.files import PreviewFiles, preview_files
from jupyterhub_eks.preview.leftovers import processes_of
from jupyterhub_eks.preview.proxy_program import ensure_proxy
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 120.0
_END_SECONDS = 60.0
_DUMMY = "name: demo\nauth: {type: dummy, admins: [alice]}\n"


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Previewed:
    """A preview that was started.

    Attributes:
        process: The command.
        files: Its state.
        port: Of the hub.
        said: What it has written so far.
    """

    process: subprocess.Popen[str]
    files: PreviewFiles
    port: int
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """What people open."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def text(self) -> str:
        """What it has written so far."""
        return "".join(self.said)

    def password(self, variable: str = "JHUB_USER_PASSWORD") -> str:
        """Return a password that was made up for it."""
        return str(json.loads((self.files.home / "login.json").read_text())[variable])

    def pid(self, name: str) -> int:
        """Return the number of a process of it."""
        record = json.loads(self.files.record.read_text())
        return int(next(each["pid"] for each in record["children"] if each["name"] == name))

    def await_ready(self) -> None:
        """Wait for the login page."""
        deadline = time.monotonic() + _READY_SECONDS
        while "To log in" not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def end(self, wish: int = signal.SIGINT) -> int:
        """Send a signal, and return how the command ended."""
        self.process.send_signal(wish)
        return self.process.wait(_END_SECONDS)

    def left(self) -> list[str]:
        """Return what still runs of it."""
        return [f"{each.name} {each.pid}" for each in processes_of(self.files.home)]

    def await_nothing_left(self, seconds: float = 20.0) -> None:
        """Wait until nothing of it runs; what runs longer than that fails the test."""
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.left() == []


@dataclass
class Bench:
    """Starts previews in a folder.

    Attributes:
        folder: With ``jhub.yaml`` and ``profiles.yaml``.
        environ: Variables of the command besides those of the tests.
    """

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    started: list[Previewed] = field(default_factory=list)

    def start(self, *options: str, port: int | None = None, ready: bool = True) -> Previewed:
        """Start one, and wait until it answers unless told otherwise."""
        chosen = port or free_port()
        arguments = ("preview", "--no-browser", "--port", str(chosen), *options)
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_eks", *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        made = Previewed(process, preview_files(self.folder / ".jhub", chosen), chosen)
        threading.Thread(target=_read, args=(made,), daemon=True).start()
        self.started.append(made)
        if ready:
            made.await_ready()
        return made

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command of jhub to its end; return what it wrote."""
        done = subprocess.run(
            [sys.executable, "-m", "jupyterhub_eks", *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_READY_SECONDS,
        )
        assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def _environment(self) -> dict[str, str]:
        env = {key: value for key, value in os.environ.items() if key != "JHUB_WORK_DIR"}
        return {**env, "CI": "1", "PYTHONPATH": str(ROOT), **self.environ}

    def close(self) -> None:
        """End all that still runs, and see that nothing is left."""
        for each in self.started:
            if each.process.poll() is None:
                each.end(signal.SIGTERM)
            if each.process.stdout:
                each.process.stdout.close()
        for each in self.started:
            each.await_nothing_left()


def _read(made: Previewed) -> None:
    stream: Any = made.process.stdout
    try:
        for line in stream:
            made.said.append(line)
    except ValueError:  # closed at the end of the test
        return


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """Install what a preview needs, so that no test waits for it."""
    ensure_proxy(cache_dir(), lambda _event: None)
    ensure_environment(cache_dir(), lambda _event: None)


def configure(folder: Path, text: str = _DUMMY) -> Path:
    """Write a configuration with the profiles of the quickstart."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "jhub.yaml").write_text(text)
    profiles = (ROOT / "examples" / "quickstart" / "profiles.yaml").read_text()
    (folder / "profiles.yaml").write_text(profiles)
    return folder


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Start previews of a hub with one password for all."""
    made = Bench(configure(tmp_path / "project"))
    try:
        yield made
    finally:
        made.close()
