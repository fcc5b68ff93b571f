"""The sentences that users read while their server starts, by the code that runs in the hub."""

from __future__ import annotations

import runpy
from functools import cache
from typing import TYPE_CHECKING

from traitlets.config import Config

from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Callable


def sentence(message: str, pool: str | None = None) -> str:
    """Return what an event's message means for the user who waits for a machine of a pool."""
    return _told()(message, pool)


@cache
def _told() -> Callable[[str, str | None], str]:
    path = data_root() / "helm_values" / "hub-config" / "waiting.py"
    found: Callable[[str, str | None], str] = runpy.run_path(str(path), {"c": Config()})["sentence"]
    return found
