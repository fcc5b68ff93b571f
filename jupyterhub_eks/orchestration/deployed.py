"""States of deployed stacks as far as they lie on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration import statefile
from jupyterhub_eks.orchestration.files import backend_of, read_document

if TYPE_CHECKING:
    from jupyterhub_eks.workspace import Workspace


def state_of(workspace: Workspace, stack: str) -> statefile.State | None:
    """Return the state of a stack, or None when a shared backend keeps it.

    Raises:
        StateError: The state file cannot be read, or is damaged.
    """
    directory = workspace.stack_dir(stack)
    kind, settings = backend_of(read_document(directory))
    if kind != "local":
        return None
    path = settings.get("path")
    return statefile.read(directory / path if path else workspace.state_file(stack))
