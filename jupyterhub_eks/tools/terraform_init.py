"""When ``terraform init`` can be skipped.

A stamp in ``.terraform`` says from what the folder was initialised: the ``terraform``
and ``module`` blocks, the Terraform version, and the lock file that init left behind.
It counts only while every provider package it lists can still be found, because with a
mirror they are links to folders that may be moved. Should Terraform nevertheless ask
for an init, the adapter runs it and tries again.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STAMP: Final = "jhub-init.json"
_LOCK_FILE: Final = ".terraform.lock.hcl"
_REASONS: Final = (
    "terraform init",
    "backend initialization required",
    "required plugins are not installed",
    "inconsistent dependency lock file",
)


def is_initialised(directory: Path, version: str, backend: Mapping[str, str]) -> bool:
    """Return whether the folder was initialised for exactly its present content."""
    try:
        stamp = json.loads((directory / ".terraform" / _STAMP).read_text(encoding="utf-8"))
        return bool(
            stamp["digest"] == _digest(directory, version, backend)
            and all((directory / package).exists() for package in stamp["packages"])
            and (directory / ".terraform" / "terraform.tfstate").exists()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(directory: Path, version: str, backend: Mapping[str, str]) -> None:
    """Write the stamp after a successful init.

    Raises:
        StateError: The folder cannot be written.
    """
    packages = (directory / ".terraform" / "providers").glob("*/*/*/*/*")
    stamp = {
        "digest": _digest(directory, version, backend),
        "packages": sorted(str(package.relative_to(directory)) for package in packages),
    }
    try:
        (directory / ".terraform" / _STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    except OSError as error:
        raise StateError(f"cannot write in {directory}", cause=str(error)) from error


def forget(directory: Path) -> None:
    """Remove the stamp."""
    (directory / ".terraform" / _STAMP).unlink(missing_ok=True)


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
