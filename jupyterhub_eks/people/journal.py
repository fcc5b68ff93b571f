"""What a run has done for whom, a line of JSON each, so that a killed one is gone on with.

A file begins with what was asked. A person has a line before and one after the work, and a
run that has come to its end a last one.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SUFFIX: Final = ".jsonl"


def key_of(asked: Mapping[str, Any]) -> str:
    """Return what the same request has in common, whenever it is made."""
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Journal:
    """The file of one run.

    Attributes:
        path: Where it is.
        given: Who was about to get a password of this run.
        done: Who is done.
        passwords: File of passwords that the run writes; empty: none.
        resumed: Whether a run before this one began it.
    """

    path: Path
    given: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    passwords: str = ""
    resumed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, name: str, *, gives: bool) -> None:
        """Note that the work for somebody begins, and whether it gives a password."""
        self._write({"name": name, "step": "begin", "gives_password": gives})

    def finish(self, name: str, what: str) -> None:
        """Note that it is done."""
        self._write({"name": name, "step": "done", "what": what})
        self.done.add(name)

    def fail(self, name: str, why: str) -> None:
        """Note that it could not be done; another run tries again."""
        self._write({"name": name, "step": "failed", "why": why})

    def end(self) -> None:
        """Note that the run has come to its end."""
        self._write({"step": "end"})

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps({"at": _now(), **entry}) + "\n"
        try:
            with self._lock, self.path.open("a", encoding="utf-8") as stream:
                stream.write(line)
        except OSError as error:
            raise _unusable(self.path, error) from error


def find_journal(folder: Path, asked: Mapping[str, Any]) -> Journal | None:
    """Return the file of an unfinished run that was asked the same, if there is one.

    Args:
        folder: Where the files are.
        asked: The request.

    Raises:
        StateError: A file cannot be read.
    """
    key = key_of(asked)
    try:
        found = (_unfinished(path, key) for path in sorted(folder.glob(f"*-{key}{_SUFFIX}")))
        return next((each for each in found if each), None)
    except OSError as error:
        raise _unusable(folder, error) from error


def new_journal(folder: Path, asked: Mapping[str, Any], passwords: str = "") -> Journal:
    """Return the file of a run that begins.

    Args:
        folder: Where it goes; made if need be, for its owner only.
        asked: The request.
        passwords: File of passwords of this run; empty: none.

    Raises:
        StateError: The folder cannot be used.
    """
    key = key_of(asked)
    path = folder / f"{_now().replace(':', '')}-{key}{_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            first = {"at": _now(), "key": key, "passwords": passwords, "asked": asked}
            stream.write(json.dumps(first) + "\n")
    except OSError as error:
        raise _unusable(folder, error) from error
    return Journal(path, passwords=passwords)


def _unfinished(path: Path, key: str) -> Journal | None:
    first, *entries = _entries(path.read_text(encoding="utf-8").splitlines()) or [{}]
    if first.get("key") != key or any(each.get("step") == "end" for each in entries):
        return None
    given = {str(each["name"]) for each in entries if each.get("gives_password")}
    done = {str(each["name"]) for each in entries if each.get("step") == "done"}
    _end_line(path)
    passwords = str(first.get("passwords", ""))
    return Journal(path, given=given, done=done, passwords=passwords, resumed=True)


def _entries(lines: Iterable[str]) -> list[dict[str, Any]]:
    found = []
    for line in lines:
        with suppress(ValueError):  # a run was killed within the last line
            entry = json.loads(line)
            if isinstance(entry, dict):
                found.append(entry)
    return found


def _end_line(path: Path) -> None:
    """Let what is written next begin a line of its own."""
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        with path.open("ab") as stream:
            stream.write(b"\n")


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _unusable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"the report {path} cannot be written",
        cause=error.strerror or str(error),
        hint="free disk space, or correct the owner of the work folder",
    )
