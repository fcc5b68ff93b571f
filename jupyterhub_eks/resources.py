"""Find the data folders (helm_values/, karpenter/) in a checkout or a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """Return the folder that holds ``helm_values/`` and ``karpenter/``.

    A wheel carries them under ``jupyterhub_eks/_data``; a checkout (also an
    editable install) has them beside the package, so edits are seen at once.
    """
    checkout = _PACKAGE.parent
    if (checkout / "helm_values").is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout
    return _PACKAGE / "_data"


def read_text(relative: str) -> str:
    """Return the text of a data file, e.g. ``karpenter/controller-iam.json``."""
    return (data_root() / relative).read_text(encoding="utf-8")
