"""Use case ``output``: the outputs of the deployed stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks import ordering
from jupyterhub_eks.orchestration.deployed import fetch_state
from jupyterhub_eks.orchestration.record import read_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.workspace import Workspace


def outputs(
    workspace: Workspace,
    *,
    show_sensitive: bool = False,
    pull: Callable[[str], str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the outputs by stack, upstream first.

    Args:
        workspace: Where the deployment keeps its files.
        show_sensitive: Give sensitive values too; else ``"(sensitive)"``.
        pull: Fetches the state of a stack from a shared backend, as JSON text.

    Raises:
        StateError: A state cannot be read, or is on a shared backend and ``pull`` is None.
    """
    record = read_record(workspace.record)
    if record is None:
        return {}
    order = ordering.order({name: each.depends_on for name, each in record.deployed.items()})
    return {
        name: fetch_state(workspace, name, pull).visible_outputs(show_sensitive=show_sensitive)
        for name in order
    }
