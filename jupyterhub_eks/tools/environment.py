"""Make the project's virtual environments from its lock files.

``install.sh`` and ``tests/run`` run this file by its path, before anything is
installed, so it uses the standard library only. An environment is complete when
its stamp names the lock files it was made from; an interrupted run leaves no
stamp and the next run finishes the work.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
MINIMUM_PYTHON: Final = (3, 11)
STAMP: Final = "jhub-environment"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _digest(locks: list[Path], *, editable: bool) -> str:
    digest = hashlib.sha256(f"{ROOT}\0{sys.version}\0{editable}".encode())
    for lock in [*locks, ROOT / "pyproject.toml"]:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    finished = subprocess.run([*command, *arguments], check=False)
    if finished.returncode != 0:
        _say(
            "error: pip could not install the pinned packages\n"
            "  cause: see pip's own message above (no network, a proxy, or a full disk)\n"
            "  do:    mend it and run the same command again; it goes on where it stopped"
        )
        raise SystemExit(5)


def _create(folder: Path) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        try:
            venv.EnvBuilder(with_pip=True, symlinks=True, clear=folder.exists()).create(folder)
        except (subprocess.CalledProcessError, OSError) as error:
            _say(
                f"error: cannot make a virtual environment in {folder}\n  cause: {error}\n"
                "  do:    install Python's venv module (Debian, Ubuntu: apt install python3-venv)"
            )
            raise SystemExit(5) from None
    return python


def ensure_environment(folder: Path, locks: list[Path], *, editable: bool) -> Path:
    """Return the Python of an environment with exactly the locked packages.

    Args:
        folder: Environment to make or complete.
        locks: Requirement files with hashes.
        editable: Whether the project itself is installed too, from this checkout.

    Raises:
        SystemExit: With code 5 when the environment cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        stamp = folder / STAMP
        digest = _digest(locks, editable=editable)
        if stamp.exists() and stamp.read_text().strip() == digest:
            return folder / "bin" / "python"
        started = time.monotonic()
        _say(f"making the Python environment {folder.name} (once, about a minute) ...")
        stamp.unlink(missing_ok=True)
        python = _create(folder)
        # Not compiled: of the 2,217 modules of the AWS binding only some 60 are ever imported.
        for lock in locks:
            _pip(python, "--no-compile", "--require-hashes", "-r", str(lock))
        if editable:
            _pip(python, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
        stamp.write_text(f"{digest}\n")
        _say(f"environment ready after {time.monotonic() - started:.0f} s")
        return python


def main() -> None:
    """Make the environment named on the command line."""
    parser = argparse.ArgumentParser(description="make a virtual environment from lock files")
    parser.add_argument("folder", type=Path)
    parser.add_argument("locks", type=Path, nargs="+")
    parser.add_argument("--editable", action="store_true", help="install the project too")
    arguments = parser.parse_args()
    if sys.version_info < MINIMUM_PYTHON:
        _say("error: Python 3.11 or newer is needed\n  do:    set PYTHON to such an interpreter")
        raise SystemExit(5)
    ensure_environment(arguments.folder, arguments.locks, editable=arguments.editable)


if __name__ == "__main__":
    main()
