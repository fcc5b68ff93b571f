"""Paths as people write them."""

from __future__ import annotations

import os
from pathlib import Path


def short_path(path: str) -> str:
    """Return a path from the current folder or from the home, if it is below one of them."""
    here, home = f"{Path.cwd()}{os.sep}", f"{Path.home()}{os.sep}"
    if path.startswith(here):
        return path.removeprefix(here)
    return f"~{os.sep}{path.removeprefix(home)}" if path.startswith(home) else path
