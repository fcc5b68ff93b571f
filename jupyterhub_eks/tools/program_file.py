"""Put a program in place."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def install_program(content: bytes, target: Path) -> None:
    """Write beside ``target`` and rename, so that nobody ever runs half a program.

    Raises:
        OSError: It cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    path = Path(draft)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        path.chmod(0o755)
        path.replace(target)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
