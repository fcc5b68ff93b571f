"""Paths and commands as people type them here."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

from jupyterhub_eks.cli.registry import ENTRIES

BARE: Final = "jhub"
# A command, and not the program as the subject of a sentence or the end of a path.
_COMMAND: Final = re.compile(
    rf"(?<![\w./-]){BARE}(?= (?:{'|'.join(entry.name for entry in ENTRIES)})\b)"
)


def short_path(path: str) -> str:
    """Return a path from the current folder, or from the home, if it is below one of them."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here) if path.startswith(here) else from_home(path)


def this_program() -> str:
    """Return how this program is called from here, so that a suggestion can be pasted."""
    if shutil.which(BARE):
        return BARE
    return short_path(str(Path(sys.prefix) / "bin" / "jhub"))


def as_typed(text: str) -> str:
    """Return a text in which commands begin as this program is called from here.

    What lies below the command line does not know how it was called: it writes ``jhub deploy``.
    """
    program = this_program()
    if program == BARE:
        return text
    return _COMMAND.sub(lambda _: program, text)


def from_home(path: str) -> str:
    """Return a path with ``~`` for the user's home."""
    home = f"{Path.home()}{os.sep}"
    return f"~{os.sep}{path.removeprefix(home)}" if path.startswith(home) else path
