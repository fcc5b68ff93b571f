"""Passwords for one login, in a file that only its owner can read."""

from __future__ import annotations

import csv
import io
import os
import secrets
import string
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import RefusedError, StateError

if TYPE_CHECKING:
    from pathlib import Path

_TITLES: Final = ("name", "password")
SHORTEST: Final = 20
# Without those that are taken for one another on paper.
_KINDS: Final = ("abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.+=!")
_ALL: Final = "".join(_KINDS)


def generate(length: int = SHORTEST) -> str:
    """Return a password with a letter of each kind, a digit and a sign.

    Args:
        length: Characters; ``SHORTEST`` at least.
    """
    length = max(length, SHORTEST)
    while True:
        found = "".join(secrets.choice(_ALL) for _ in range(length))
        begins = found[0] in string.ascii_letters  # no spreadsheet takes it for a formula
        if begins and all(set(found) & set(kind) for kind in _KINDS):
            return found


class PasswordFile:
    """A CSV file of names and passwords, written a line at a time.

    Args:
        path: Where it is.
        known: Passwords that are in it already, by name.
    """

    def __init__(self, path: Path, known: dict[str, str]) -> None:
        self.path = path
        self._known = known

    @classmethod
    def create(cls, path: Path) -> PasswordFile:
        """Make it, readable by its owner only.

        Raises:
            RefusedError: There is a file of that name.
            StateError: It cannot be made.
        """
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise RefusedError(
                f"{path} is there already, and passwords are never written over",
                hint="name another file with --passwords",
            ) from error
        except OSError as error:
            raise _unusable(path, error) from error
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            os.fchmod(stream.fileno(), 0o600)
            csv.writer(stream, lineterminator="\n").writerow(_TITLES)
        return cls(path, {})

    @classmethod
    def reopen(cls, path: Path) -> PasswordFile:
        """Go on with the one that a run before this one began.

        Raises:
            StateError: It cannot be read.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise _unusable(path, error) from error
        whole = text[: text.rfind("\n") + 1]
        rows = list(csv.reader(io.StringIO(whole)))
        if whole != text:  # killed within a line: nobody has that password
            with path.open("r+", encoding="utf-8") as stream:
                stream.truncate(len(whole.encode()))
        return cls(path, {row[0]: row[1] for row in rows[1:] if len(row) == len(_TITLES)})

    def password(self, name: str, length: int = SHORTEST) -> str:
        """Return the password of somebody, on the disk before it is used anywhere.

        Raises:
            StateError: It cannot be written.
        """
        if name not in self._known:
            made = generate(length)
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow((name, made))
            try:
                with self.path.open("a", encoding="utf-8") as stream:
                    stream.write(line.getvalue())
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError as error:
                raise _unusable(self.path, error) from error
            self._known[name] = made
        return self._known[name]


def _unusable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"the file of passwords {path} cannot be used",
        cause=error.strerror or str(error),
        hint="name another one with --passwords",
    )
