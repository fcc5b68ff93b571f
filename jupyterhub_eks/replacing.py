"""Replace a file in one step: a reader, or the next run, sees the old one or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write ``content`` to ``path`` in one step (temporary file of mode 600, then rename).

    Args:
        path: File in a folder that exists; on any error the old file stays.
        content: The whole new content.
        durable: Let it reach the disk before it replaces the old one.

    Raises:
        OSError: The folder cannot be written, or the disk is full.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - mkstemp gives a string
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
