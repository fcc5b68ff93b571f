"""The record of a deployment: what has been done, written after every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.workspace import Workspace


def recorded_sources(workspace: Workspace) -> dict[str, object] | None:
    """Return the configuration files and flags of the last deploy; None: never deployed.

    Raises:
        StateError: The record cannot be read.
    """
    raise NotImplementedError
