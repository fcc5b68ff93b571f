"""Paths and commands as people type them here."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def short_path(path: str) -> str:
    """Return a path from the current folder, or from the home, if it is below one of them."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here) if path.startswith(here) else from_home(path)


def this_program() -> str:
    """Return how this program is called from here, so that a suggestion can be pasted."""
    if shutil.which("jhub"):
        return "jhub"
    return short_path(str(Path(sys.prefix) / "bin" / "jhub"))


def from_home(path: str) -> str:
    """Return a path with ``~`` for the user's home."""
    home = f"{Path.home()}{os.sep}"
    return f"~{os.sep}{path.removeprefix(home)}" if path.startswith(home) else path
