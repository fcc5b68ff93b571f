"""When ``terraform init`` can be skipped.

A stamp in ``.terraform`` says from what the folder was initialised: the ``terraform``
and ``module`` blocks, the Terraform version, and the lock file that init left behind.
It counts only while every provider package it lists can still be found, because with a
mirror they are links to folders that may be moved. Should Terraform nevertheless ask
for an init, the adapter runs it and tries again.

Neither ``.terraform`` nor the lock file holds anything that init cannot make again. So what
is damaged there, as a full disk or a copy leaves it, is removed: Terraform would fail.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.tools.capture import Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FOLDER: Final = ".terraform"
_STAMP: Final = "jhub-init.json"
_BACKEND_FILE: Final = "terraform.tfstate"
_LOCK_FILE: Final = ".terraform.lock.hcl"
# Blocks `provider "source" { … }` with nothing but comments between them, all closed.
_LOCK_TEXT: Final = re.compile(
    r'(\s|#[^\n]*(\n|$)|provider\s+"[^"\n]+"\s*\{(#[^\n]*|[^{}"#]|"[^"\n]*")*\})*'
)
_REASONS: Final = (
    "terraform init",
    "backend initialization required",
    "required plugins are not installed",
    "inconsistent dependency lock file",
)


def discard_damaged(directory: Path, log: Path) -> None:
    """Remove what init made in a stack's folder if it is damaged, and say so in the log.

    Raises:
        StateError: It cannot be removed.
    """
    folder, lock = directory / _FOLDER, directory / _LOCK_FILE
    damaged = [
        path
        for path, is_sound in ((folder, _is_sound_folder), (lock, _is_sound_lock))
        if (path.exists() or path.is_symlink()) and not is_sound(path)
    ]
    for path in damaged:
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with Log(log, ()) as story:
                story.write(f"[{path.name} is damaged: removed, terraform init makes it again]")
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            raise StateError(
                f"{path} is damaged and cannot be removed",
                cause=str(error),
                hint="remove it by hand and run the same command again: it is made anew",
            ) from error


def _is_sound_folder(folder: Path) -> bool:
    providers, stamp, backend = (folder / each for each in ("providers", _STAMP, _BACKEND_FILE))
    if not folder.is_dir() or stamp.is_dir() or (providers.exists() and not providers.is_dir()):
        return False
    try:
        return isinstance(json.loads(backend.read_text(encoding="utf-8")), dict)
    except FileNotFoundError:
        return True  # the backend is set up last: an init was cut short
    except (OSError, ValueError):
        return False


def _is_sound_lock(lock: Path) -> bool:
    try:
        return _LOCK_TEXT.fullmatch(lock.read_text(encoding="utf-8")) is not None
    except (OSError, ValueError):
        return False


def is_initialised(directory: Path, version: str, backend: Mapping[str, str]) -> bool:
    """Return whether the folder was initialised for exactly its present content."""
    try:
        stamp = json.loads((directory / _FOLDER / _STAMP).read_text(encoding="utf-8"))
        return bool(
            stamp["digest"] == _digest(directory, version, backend)
            and all((directory / package).exists() for package in stamp["packages"])
            and (directory / _FOLDER / _BACKEND_FILE).exists()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(directory: Path, version: str, backend: Mapping[str, str]) -> None:
    """Write the stamp after a successful init.

    Raises:
        StateError: The folder cannot be written.
    """
    packages = (directory / _FOLDER / "providers").glob("*/*/*/*/*")
    stamp = {
        "digest": _digest(directory, version, backend),
        "packages": sorted(str(package.relative_to(directory)) for package in packages),
    }
    try:
        (directory / _FOLDER / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    except OSError as error:
        raise StateError(f"cannot write in {directory}", cause=str(error)) from error


def forget(directory: Path) -> None:
    """Remove the stamp."""
    (directory / _FOLDER / _STAMP).unlink(missing_ok=True)


def wants_init(output: str) -> bool:
    """Return whether a failed command asked for ``terraform init``."""
    lowered = output.lower()
    return any(reason in lowered for reason in _REASONS)


def _digest(directory: Path, version: str, backend: Mapping[str, str]) -> str:
    document: dict[str, Any] = json.loads((directory / "cdk.tf.json").read_text(encoding="utf-8"))
    lock = directory / _LOCK_FILE
    parts = {
        "terraform": document.get("terraform"),
        "module": document.get("module"),
        "version": version,
        "backend": dict(backend),
        "lock": lock.read_text(encoding="utf-8") if lock.exists() else "",
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
