"""Where an imported profile list goes."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from jupyterhub_eks.config.opening import kind_in_words
from jupyterhub_eks.config.schema import write_schemas
from jupyterhub_eks.config.template import InitAnswers
from jupyterhub_eks.errors import RefusedError, StateError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def refuse_replacing(path: Path, inputs: Sequence[Path], *, force: bool) -> None:
    """End before any work where the file cannot be written as wanted.

    Args:
        path: What is to be written.
        inputs: What is read; none of it is overwritten, not even with ``force``.
        force: Whether an existing file may be.

    Raises:
        RefusedError: It exists and ``force`` is not set, or it is one of the inputs.
        StateError: It is no file, but a folder, device, pipe or socket; also behind a link.
    """
    found = _status(path)
    if found is not None:
        _refuse_other_kinds(path, found.st_mode)
        if any(_is_same(found, each) for each in inputs):
            raise RefusedError(
                f"{path} is one of the files that are read",
                hint="name another file with --out; --out - prints",
            )
    if os.path.lexists(path) and not force:
        raise _exists(path)


def write_imported(path: Path, text: str, *, force: bool) -> None:
    """Write the file, and the schemas that its first line names for editors.

    An existing file keeps its mode. Without ``force`` only one of several at once succeeds.

    Raises:
        RefusedError: It has come into being meanwhile, and ``force`` is not set.
        StateError: It cannot be written; what was there before stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_schemas(path.parent / InitAnswers.schema_dir)
        if force:
            _replace(path, text)
        else:
            _create(path, text)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def _create(path: Path, text: str) -> None:
    # The name is taken first: whoever comes later finds it taken.
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        _put(path, text, stat.S_IMODE(path.stat().st_mode))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _replace(path: Path, text: str) -> None:
    found = _status(path)
    if found is not None:
        _refuse_other_kinds(path, found.st_mode)
    _put(path.resolve(), text, stat.S_IMODE(found.st_mode) if found else None)  # a link stays one


def _put(target: Path, text: str, mode: int | None) -> None:
    """Write a file beside its place, and only then put it there."""
    staged = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        staged.write_text(text, encoding="utf-8")
        if mode is not None:
            staged.chmod(mode)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)


def _status(path: Path) -> os.stat_result | None:
    """Return what a path leads to; None: nothing is there."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(path, error) from error


def _is_same(found: os.stat_result, source: Path) -> bool:
    try:
        read = os.fstat(0) if str(source) == "-" else source.stat()
    except OSError:
        return False  # reading it says what is wrong
    return os.path.samestat(found, read)


def _refuse_other_kinds(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    is_folder = stat.S_ISDIR(mode)
    example = f"name a file, e.g. --out {path / 'profiles.yaml'}"
    raise StateError(
        f"cannot write {path}",
        cause="it is a folder" if is_folder else f"this is {kind_in_words(mode)}, not a file",
        hint=example if is_folder else "name a file with --out; --out - prints",
    )


def _exists(path: Path) -> RefusedError:
    return RefusedError(
        f"{path} would be overwritten",
        hint="name another file with --out, or overwrite it with --force; --out - prints",
    )


def _unwritable(path: Path, error: OSError) -> StateError:
    return StateError(
        f"cannot write {path}",
        cause=error.strerror or str(error),
        hint="name another file with --out",
    )


def print_text(text: str) -> None:
    """Print a file as it is; a terminal must not break its lines."""
    sys.stdout.write(text)
    sys.stdout.flush()
