"""Files in the user's cache that survive races, truncation and a read-only home."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path

from jupyterhub_eks.replacing import replace_file


def usable_cache(preferred: Path) -> Path:
    """Return ``preferred`` if files can be written there, else a folder that goes at exit.

    Raises:
        OSError: Not even a temporary folder can be made.
    """
    try:
        preferred.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=preferred):
            return preferred
    except OSError:
        fallback = Path(tempfile.mkdtemp(prefix="jhub-cache-"))
        atexit.register(shutil.rmtree, fallback, ignore_errors=True)
        return fallback


def write_checked(path: Path, content: bytes) -> None:
    """Write a file and its checksum, each in one step, so that readers see old or new.

    Two processes that write the same content at the same time do not disturb each
    other; with different content the checksum may not fit, and the file is remade.

    Raises:
        OSError: The folder cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, content)
    replace_file(_checksum_file(path), _checksum(content))


def read_checked(path: Path) -> bytes | None:
    """Return what :func:`write_checked` wrote; ``None`` if missing or damaged."""
    try:
        content = path.read_bytes()
        expected = _checksum_file(path).read_bytes()
    except OSError:
        return None
    return content if expected == _checksum(content) else None


def _checksum_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
