"""Use case ``destroy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import DestroyReport, DestroyRequest


def destroy(ctx: Context, deployment: Deployment | None, request: DestroyRequest) -> DestroyReport:
    """Remove everything of the deployment and look for what is left.

    Without ``deployment`` the record and the last applied files are used.
    The caller raises ``LeftoverError`` when the report's ``left`` is not empty.
    """
    raise NotImplementedError
