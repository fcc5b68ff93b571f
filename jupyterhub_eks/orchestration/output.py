"""Use case ``output``: the outputs of the deployed stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyterhub_eks.workspace import Workspace


def outputs(workspace: Workspace, *, show_sensitive: bool = False) -> dict[str, dict[str, Any]]:
    """Return the outputs by stack; sensitive ones as ``"(sensitive)"`` unless asked for."""
    raise NotImplementedError
