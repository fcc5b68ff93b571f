"""The real ``jhub`` in processes of its own, in a work folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyterhub_eks.tools.terraform_binary import bring_terraform, find_terraform
from jupyterhub_eks.workspace import cache_dir

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Jhub:
    """Runs the command line in ``folder`` as a user would, in processes of its own."""

    folder: Path
    env: dict[str, str] = field(repr=False)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and return at once."""
        return subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_eks", *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, seconds: float = 900) -> str:
        """Run a command to its end, expect its exit code, return what it printed on stdout."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=seconds)
        assert process.returncode == code, (
            f"jhub {' '.join(arguments)} ended with {process.returncode}\n{out}\n{err}"
        )
        return out

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with ``--json`` and return its document."""
        return json.loads(self.run(*arguments, "--json", code=code))


def make_jhub(folder: Path, example: str = "quickstart", *, kubernetes: bool = False) -> Jhub:
    """Return a command line whose home, cache and work folder lie in ``folder``.

    The cache is the user's own. The Kubernetes that may have been built into it is left out
    where a test is about the AWS half only.

    Args:
        folder: Empty.
        example: Whose configuration is put there.
        kubernetes: Whether the Kubernetes of this machine is to be found.
    """
    for name in ("jhub.yaml", "profiles.yaml"):
        shutil.copy(ROOT / "examples" / example / name, folder / name)
    home = folder / "home"
    home.mkdir(parents=True)
    cache = folder / "cache"
    cache.mkdir()
    cache_dir().mkdir(parents=True, exist_ok=True)
    for shared in cache_dir().iterdir():
        if kubernetes or shared.name != "cluster":
            (cache / shared.name).symlink_to(shared)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "JHUB_"))}
    env |= {"HOME": str(home), "JHUB_CACHE_DIR": str(cache), "CI": "1"}
    return Jhub(folder=folder, env=env)


def ensure_terraform() -> Path:
    """Find Terraform, or bring the pinned one as ``install.sh`` does."""
    try:
        return find_terraform()
    except Exception:  # noqa: BLE001 - whatever is wrong with the one found, bring a good one
        return bring_terraform()
