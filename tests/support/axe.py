"""The accessibility checker axe, of npm, with the lock file of ``tests/browser/axe``."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.tools.packaged_node import packaged_node, packaged_npm

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOCKED = Path(__file__).parents[1] / "browser" / "axe"
_SCRIPT = "node_modules/axe-core/axe.min.js"
_BAD = ("serious", "critical")
_RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((each) => [
    each.impact, each.id, each.help, each.nodes.map((node) => node.target.join(" ")),
  ]);
}"""


class Axe:
    """Checks pages.

    Args:
        script: The checker.
    """

    def __init__(self, script: str) -> None:
        self._script = script

    def violations(self, page: Page) -> list[str]:
        """Return what keeps people from using a page, each with its place."""
        page.evaluate(self._script)
        return [
            f"{impact}: {name}: {text} {places}"
            for impact, name, text, places in page.evaluate(_RUN)
            if impact in _BAD
        ]


def installed(cache: Path) -> Axe:
    """Return the checker, installing it into a folder if need be."""
    names = ("package.json", "package-lock.json")
    content = b"\0".join((LOCKED / name).read_bytes() for name in names)
    folder = cache / "tests" / f"axe-{hashlib.sha256(content).hexdigest()[:12]}"
    if not (folder / _SCRIPT).is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            draft = Path(name) / "axe"
            shutil.copytree(LOCKED, draft)
            options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            subprocess.run([*_npm(), "ci", *options], cwd=draft, check=True)
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
    return Axe((folder / _SCRIPT).read_text())


def _npm() -> list[str]:
    """Return the machine's npm, which knows from where packages are fetched here; else ours."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    if (node := packaged_node()) and (script := packaged_npm()):
        return [str(node), str(script)]
    pytest.skip("there is no npm with which axe could be installed")
