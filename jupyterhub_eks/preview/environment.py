"""The Python environment of the previewed hub, made once in the cache from its lock file.

It is one of its own: the hub's packages and those of ``jhub`` ask for other versions of the
same things. Its name holds what it was made from, so another release makes another one.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.preview.installing import (
    STAMP,
    Installed,
    Installing,
    follow,
    installing,
    not_writable,
)
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from jupyterhub_eks.preview.installing import InstallSink

WHAT: Final = "JupyterHub and JupyterLab"
LOCK: Final = "requirements/preview.txt"
_DIGITS: Final = 12
_PYTHON: Final = "bin/python"
_PIP: Final = "bin/pip"
# JupyterLab would ask for its news and for newer versions elsewhere; a preview asks nobody.
# The server's settings do not keep it from offering its news, so those of its pages do.
_QUIET: Final = {
    "etc/jupyter/jupyter_server_config.json": {
        "LabApp": {
            "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        }
    },
    "share/jupyter/lab/settings/overrides.json": {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        }
    },
}


def hub_versions(lock: Path | None = None) -> dict[str, str]:
    """Return the version of each locked package, by its name."""
    text = (lock or data_root() / LOCK).read_text(encoding="utf-8")
    found = (line.split()[0].split("==") for line in text.splitlines() if "==" in line)
    return dict(found)


def packages_of_all(lock: Path | None = None) -> tuple[str, ...]:
    """Return the names of the locked packages that are installed on every system."""
    text = (lock or data_root() / LOCK).read_text(encoding="utf-8")
    return tuple(
        line.partition("==")[0]
        for line in text.splitlines()
        if "==" in line and ";" not in line  # behind it stands for which systems
    )


def environment_folder(cache: Path, lock: Path | None = None) -> Path:
    """Return where the environment of this lock file and this Python belongs."""
    content = (lock or data_root() / LOCK).read_bytes()
    made_of = content + f"\0{sys.version}\0{sys.base_prefix}\0{_QUIET}".encode()
    digest = hashlib.sha256(made_of).hexdigest()
    return cache / "preview" / f"hub-{digest[:_DIGITS]}"


def ensure_environment(cache: Path, emit: InstallSink, lock: Path | None = None) -> Path:
    """Return the Python of the hub's environment, making it if need be.

    Args:
        cache: The cache folder of ``jhub``.
        emit: Told what happens.
        lock: Lock file; by default that of this release.

    Raises:
        ToolError: It cannot be made: no network, no room, or Python has no venv.
    """
    folder = environment_folder(cache, lock)
    python = folder / _PYTHON
    with installing(folder, _PYTHON, WHAT, emit) as is_missing:
        if is_missing:
            started = time.monotonic()
            emit(Installing(WHAT, 0, 0))
            _create(folder, python)
            _install(folder, python, lock or data_root() / LOCK, emit)
            _finish(folder)
            emit(Installed(WHAT, time.monotonic() - started))
    return python


def forget_environment(python: Path) -> None:
    """Let the next command make an environment anew, of which something was lost.

    Without its pip it is begun again: pip takes a package for installed whose files are gone.

    Args:
        python: Of the environment.

    Raises:
        OSError: The cache cannot be written.
    """
    folder = python.parents[len(Path(_PYTHON).parts) - 1]
    for name in (STAMP, _PIP):
        (folder / name).unlink(missing_ok=True)


def _create(folder: Path, python: Path) -> None:
    if (folder / _PIP).exists() and python.exists():
        return  # an earlier command was interrupted: what it has installed stays
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True, clear=folder.exists()).create(folder)
    except OSError as error:
        raise not_writable(folder, error) from error
    except subprocess.CalledProcessError as error:
        raise ToolError(
            f"cannot make a virtual environment in {folder}",
            cause=str(error),
            hint="install Python's venv module (Debian, Ubuntu: apt install python3-venv)",
        ) from error


def _install(folder: Path, python: Path, lock: Path, emit: InstallSink) -> None:
    names = hub_versions(lock)
    met: set[str] = set()

    def tell(line: str) -> None:
        verb, _, rest = line.partition(" ")
        if verb == "Collecting" or line.startswith("Requirement already satisfied: "):
            met.add(rest)
            emit(Installing(WHAT, min(len(met), len(names)), len(names)))
        elif line.startswith("Installing collected packages"):
            emit(Installing(WHAT, len(names), len(names)))

    command = (str(python), "-m", "pip", "install", "--disable-pip-version-check")
    options = ("--progress-bar", "off", "--no-input", "--require-hashes", "-r", str(lock))
    # Settings of a virtual environment that this command may run in would lead pip astray.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env["PYTHONUNBUFFERED"] = "1"  # each line when it is said
    code, said = follow([*command, *options], cwd=folder, env=env, on_line=tell)
    if code:
        raise ToolError(
            f"pip could not install {WHAT}",
            cause=said,
            hint="mend it (no network, a proxy, a full disk?) and run the same command again; "
            "it goes on where it stopped",
        )


def _finish(folder: Path) -> None:
    try:
        for name, content in _QUIET.items():
            settings = folder / name
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(json.dumps(content, indent=2), encoding="utf-8")
        (folder / STAMP).touch()
    except OSError as error:
        raise not_writable(folder, error) from error
