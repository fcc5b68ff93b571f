"""The pages of docs/logins, and the configurations on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = data_root() / "docs" / "logins"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def blocks(page: Path) -> list[str]:
    """Return the YAML blocks of a page, each a whole ``jhub.yaml``."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def section(page: Path, number: int = 0) -> dict[str, Any]:
    """Return the ``auth`` section of a block."""
    found: dict[str, Any] = YAML(typ="safe").load(blocks(page)[number])["auth"]
    return found
