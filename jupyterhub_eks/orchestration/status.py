"""Use case ``status``: reads the record and the state files, calls nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.reports import StatusReport
    from jupyterhub_eks.workspace import Workspace


def status(workspace: Workspace, target_instance_id: str = "") -> StatusReport:
    """Say what is deployed; ``target_instance_id`` is that of the running embedded AWS."""
    raise NotImplementedError
