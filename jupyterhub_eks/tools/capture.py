"""Follow what a child writes into a file, and keep a log without secrets."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

LineSink = Callable[[str], None]
_CHUNK: Final = 1 << 16
# What Terraform prints when it can write its state nowhere: with ``-json`` one line that
# carries the whole state, else the state as indented JSON from a lone brace to a lone brace.
EMERGENCY_DUMP: Final = "Emergency state dump"
_NOT_LOGGED: Final = "[a state was printed here: not logged, it holds secrets]"


def redact(text: str, secrets: tuple[str, ...]) -> str:
    """Return ``text`` with every secret replaced."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "(secret)")
    return text


def without_states(sink: LineSink) -> LineSink:
    """Return a sink that hands everything to ``sink`` but states that Terraform dumps."""
    inside = False

    def write(line: str) -> None:
        nonlocal inside
        if inside:
            inside = line != "}"
        elif line == "{" or (line.startswith("{") and EMERGENCY_DUMP in line):
            inside = line == "{"
            sink(_NOT_LOGGED)
        else:
            sink(line)

    return write


class Follower:
    """Hands on the complete lines of a file that another process is writing.

    Reads at its own offset: the descriptor's position belongs to the writer.
    """

    def __init__(self, descriptor: int, secrets: tuple[str, ...], *sinks: LineSink) -> None:
        self._descriptor = descriptor
        self._secrets = secrets
        self._sinks = sinks
        self._offset = 0
        self._rest = b""

    def advance(self) -> None:
        """Hand on what has been written since the last call."""
        while chunk := os.pread(self._descriptor, _CHUNK, self._offset):
            self._offset += len(chunk)
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._hand_on(line)

    def finish(self) -> None:
        """Hand on the rest, with or without a line end."""
        self.advance()
        if self._rest:
            self._hand_on(self._rest)
            self._rest = b""

    def text(self) -> str:
        """Return everything that was written, secrets included."""
        size = os.fstat(self._descriptor).st_size
        return os.pread(self._descriptor, size, 0).decode(errors="replace")

    def _hand_on(self, line: bytes) -> None:
        text = redact(line.decode(errors="replace").rstrip("\r"), self._secrets)
        for sink in self._sinks:
            sink(text)


class Log:
    """A log file, appended to line by line.

    A disk that fills up while Terraform works must not end the run, which would lose
    more than the log; so the first failed write is the last one tried.
    """

    def __init__(self, path: Path, secrets: tuple[str, ...]) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)
        self._secrets = secrets
        self._broken = False

    def write(self, line: str) -> None:
        """Append a line."""
        if self._broken:
            return
        try:
            self._file.write(f"{redact(line, self._secrets)}\n")
        except OSError:
            self._broken = True

    def __enter__(self) -> Self:
        """Return the log itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError:  # the same full disk: closing flushes once more
            self._broken = True
