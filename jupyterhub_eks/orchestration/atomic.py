"""Write a file in one step: a reader, or the next run, sees the old one or the new one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from jupyterhub_eks.errors import StateError

Write = Callable[[Path, str], None]


def write_atomically(path: Path, text: str) -> None:
    """Put ``text`` into ``path`` in one step; on any error the old file stays.

    Raises:
        StateError: It cannot be written, e.g. because the disk is full.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with temporary.open("w", encoding="utf-8") as file:
            temporary.chmod(0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StateError(
            f"cannot write {path}",
            cause=f"{error.strerror or error}; the former file is untouched",
            hint="make room or correct the permissions, then run the same command again",
        ) from error
