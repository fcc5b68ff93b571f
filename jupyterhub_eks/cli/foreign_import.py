"""Where an imported profile list goes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.starting import write_together
from jupyterhub_eks.config.schema import write_schemas
from jupyterhub_eks.config.template import InitAnswers
from jupyterhub_eks.errors import RefusedError, StateError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_replacing(path: Path, *, force: bool) -> None:
    """End before any work where the file cannot be written as wanted.

    Raises:
        RefusedError: It exists, and ``force`` is not set.
        StateError: It is a folder.
    """
    if path.is_dir():
        raise StateError(
            f"cannot write {path}",
            cause="it is a folder",
            hint=f"name a file, e.g. --out {path / 'profiles.yaml'}",
        )
    if os.path.lexists(path) and not force:
        raise RefusedError(
            f"{path} would be overwritten",
            hint="name another file with --out, or overwrite it with --force; --out - prints",
        )


def write_imported(path: Path, text: str) -> None:
    """Write the file, and the schemas that its first line names for editors.

    Raises:
        StateError: It cannot be written; what was there before stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_schemas(path.parent / InitAnswers.schema_dir)
        write_together({path: text})
    except OSError as error:
        raise StateError(
            f"cannot write {path}",
            cause=error.strerror or str(error),
            hint="name another file with --out",
        ) from error


def print_text(text: str) -> None:
    """Print a file as it is; a terminal must not break its lines."""
    sys.stdout.write(text)
    sys.stdout.flush()
