"""An unexpected error: the whole story into a file, one block on the screen."""

from __future__ import annotations

import os
import platform
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks import __version__
from jupyterhub_eks.errors import DeployerError
from jupyterhub_eks.workspace import default_work_dir

if TYPE_CHECKING:
    from collections.abc import Sequence


def describe_crash(error: BaseException, arguments: Sequence[str]) -> DeployerError:
    """Write a crash log and return the bug as something that can be shown."""
    story = "\n".join(
        [
            f"jhub {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"arguments: {' '.join(arguments)}",
            "",
            *traceback.format_exception(error),
        ]
    )
    return DeployerError(
        "jhub has a bug here; this is not your fault",
        cause=f"{type(error).__name__}: {error}",
        hint="report it with the log; the same command can be run again",
        log=_write(story),
    )


def _write(story: str) -> str:
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    for folder in (default_work_dir(), Path(tempfile.gettempdir())):
        if not folder.is_dir():
            continue
        path = folder / name
        try:
            # Arguments are nobody else's business, and others may write to the second folder.
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            continue
        with open(made, "w", encoding="utf-8") as log:  # noqa: PTH123 - opened already
            log.write(story)
        return str(path)
    return ""
