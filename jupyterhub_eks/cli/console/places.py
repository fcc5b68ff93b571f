"""Paths as people write them."""

from __future__ import annotations

import os
from pathlib import Path


def short_path(path: str) -> str:
    """Return a path from the current folder, or from the home, if it is below one of them."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here) if path.startswith(here) else from_home(path)


def from_home(path: str) -> str:
    """Return a path with ``~`` for the user's home."""
    home = f"{Path.home()}{os.sep}"
    return f"~{os.sep}{path.removeprefix(home)}" if path.startswith(home) else path
