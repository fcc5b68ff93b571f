"""What a program says its version is."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS: Final = 10


def printed_version(program: Path) -> str:
    """Return the first version number that ``program --version`` prints, e.g. ``24.19.0``.

    Raises:
        ToolError: It does not run, or prints none.
    """
    try:
        done = subprocess.run(
            [str(program), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ToolError(f"{program} does not run", cause=str(error)) from error
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    if found is None:
        raise ToolError(f"{program} --version prints no version", cause=done.stdout.strip())
    return found.group()
