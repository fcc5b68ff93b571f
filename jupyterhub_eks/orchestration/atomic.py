"""Write a file in one step: a reader, or the next run, sees the old one or the new one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.replacing import replace_file

Write = Callable[[Path, str], None]


def write_atomically(path: Path, text: str) -> None:
    """Put ``text`` into ``path`` in one step; on any error the old file stays.

    Raises:
        StateError: It cannot be written, e.g. because the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, text.encode(), durable=True)
    except OSError as error:
        raise StateError(
            f"cannot write {path}",
            cause=f"{error.strerror or error}; the former file is untouched",
            hint="make room or correct the permissions, then run the same command again",
        ) from error
