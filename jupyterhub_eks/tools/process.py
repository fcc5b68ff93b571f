"""Run a command: one value in, one value out.

What a child prints goes to a nameless file that is followed here, not to a pipe:
Terraform dies of SIGPIPE, before it has written its state, when it prints to a pipe whose
reader was killed. So when this process is killed, Terraform finishes the stack it is at,
and the next run waits for its state lock. It is not asked to stop: that cuts requests
short whose resources AWS may make all the same, unknown to any state. The file lies in
memory where the system can do that: on a full disk Terraform's last words, which may be
the only copy of a state, would be lost.

The child has a session of its own, so that Ctrl-C in a terminal reaches it only
through :meth:`ProcessRunner.interrupt`, once per request.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from jupyterhub_eks.errors import InterruptedRunError, StateError, ToolError
from jupyterhub_eks.tools.capture import Follower, LineSink, Log, redact, without_states

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class StopPatience:
    """Seconds to wait for a child after SIGINT, and then after SIGTERM, before SIGKILL.

    The first is long: Terraform finishes what AWS has begun and writes its state.
    """

    interrupt: float = 900.0
    terminate: float = 30.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run.

    Attributes:
        argv: Program and arguments; no shell sees them.
        cwd: Folder to run in.
        env: The whole environment of the child.
        secrets: Texts that are replaced in the log and in every line handed on.
        private: Standard output may hold secrets: it is not logged.
    """

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    private: bool = False

    @property
    def text(self) -> str:
        """The command as it would be typed, without secrets."""
        return redact(shlex.join(self.argv), self.secrets)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a command ended; ``interrupted`` says that it was asked to stop."""

    returncode: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    seconds: float
    interrupted: bool = False


class Runner(Protocol):
    """Starts processes; the tests put a scripted one in its place."""

    def run(self, command: Command, log: Path | None, on_line: LineSink | None = None) -> Outcome:
        """Run to the end, handing each line of standard output to ``on_line``.

        Everything that is printed is appended to ``log``; without one it is not kept.
        """

    def interrupt(self) -> None:
        """Send SIGINT to every running child."""


def _open(stack: ExitStack, log: Path | None, secrets: tuple[str, ...]) -> tuple[int, int, Log]:
    folder = log.parent if log else None
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        out, err = _nameless_file(stack, folder), _nameless_file(stack, folder)
        story = stack.enter_context(Log(log or Path(os.devnull), secrets))
    except OSError as error:
        raise StateError(
            f"cannot write the log {log or tempfile.gettempdir()}",
            cause=str(error),
            hint="make room or correct the permissions, then run the same command again",
        ) from error
    return out, err, story


def _nameless_file(stack: ExitStack, folder: Path | None) -> int:
    """Return the descriptor of a file that is gone when nobody has it open any more."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("jhub-output")
        stack.callback(os.close, descriptor)
        return descriptor
    return stack.enter_context(tempfile.TemporaryFile(dir=folder)).fileno()


def _ignore(_: str) -> None:
    """Drop a line."""


class ProcessRunner:
    """The real :class:`Runner`; one instance serves any number of threads."""

    def __init__(self, patience: StopPatience | None = None) -> None:
        self._patience = patience or StopPatience()
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._interrupted_at = 0.0

    def interrupt(self) -> None:
        """Send SIGINT to every child; takes no lock, so that signal handlers may call it."""
        self._interrupted_at = self._interrupted_at or time.monotonic()
        for child in list(self._children.values()):
            child.send_signal(signal.SIGINT)

    def run(self, command: Command, log: Path | None, on_line: LineSink | None = None) -> Outcome:
        """Run ``command`` to its end.

        Raises:
            InterruptedRunError: ``interrupt`` was called before the child was started.
            ToolError: The program cannot be started.
            StateError: The log folder cannot be written.
        """
        if self._interrupted_at:
            raise InterruptedRunError(
                f"{command.argv[0]} was not started: the run was interrupted",
                hint="run the same command again to continue",
            )
        started = time.monotonic()
        with ExitStack() as stack:
            out, err, story = _open(stack, log, command.secrets)
            story.write(f"$ {command.text}")
            logged = _ignore if command.private else without_states(story.write)
            stdout = Follower(out, command.secrets, logged, on_line or _ignore)
            stderr = Follower(err, command.secrets, without_states(story.write))
            child = self._start(command, out, err)
            returncode = self._follow(child, (stdout, stderr))
            seconds = time.monotonic() - started
            story.write(f"[exit {returncode} after {seconds:.1f} s]")
            return Outcome(
                returncode=returncode,
                stdout=stdout.text(),
                stderr=stderr.text(),
                seconds=seconds,
                interrupted=bool(self._interrupted_at),
            )

    def _start(self, command: Command, out: int, err: int) -> subprocess.Popen[bytes]:
        try:
            child = subprocess.Popen(
                command.argv,
                cwd=command.cwd,
                env=dict(command.env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError(
                f"cannot start {command.argv[0]} in {command.cwd}", cause=str(error)
            ) from error
        self._children[child.pid] = child
        if self._interrupted_at:  # between the check above and the line before
            child.send_signal(signal.SIGINT)
        return child

    def _follow(self, child: subprocess.Popen[bytes], streams: tuple[Follower, Follower]) -> int:
        try:
            while self._wait(child, _POLL_SECONDS) is None:
                for stream in streams:
                    stream.advance()
                self._climb(child)
            for stream in streams:
                stream.finish()
            return child.returncode
        finally:
            # Also when a line could not be handed on: a child never outlives its caller.
            if child.poll() is None:
                self._stop(child)
            if child.returncode is not None and child.returncode < 0:
                _kill_orphans(child.pid)
            del self._children[child.pid]

    @staticmethod
    def _wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def _climb(self, child: subprocess.Popen[bytes]) -> None:
        """Go on from SIGINT to SIGTERM and SIGKILL when their time has come."""
        if not self._interrupted_at:
            return
        waited = time.monotonic() - self._interrupted_at
        if waited > self._patience.interrupt + self._patience.terminate:
            _kill_session(child)
        elif waited > self._patience.interrupt:
            child.terminate()

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        child.send_signal(signal.SIGINT)
        if self._wait(child, self._patience.interrupt) is None:
            child.terminate()
        if self._wait(child, self._patience.terminate) is None:
            _kill_session(child)
            child.wait()


def _kill_orphans(group: int) -> None:
    """Kill the plug-ins of a child that was killed before it could end them."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _kill_session(child: subprocess.Popen[bytes]) -> None:
    """Kill the child with its plug-ins, which would linger without it."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
