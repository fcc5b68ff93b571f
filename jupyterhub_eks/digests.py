"""Hashes by which a changed folder is told from a copy."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 of names and contents of all files below ``folder``, in hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for part in (path.relative_to(folder).as_posix().encode(), path.read_bytes()):
            # The length in front keeps ("ab", "c") and ("a", "bc") apart.
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()
