"""Use case ``deploy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import DeployReport, DeployRequest


def deploy(ctx: Context, deployment: Deployment, request: DeployRequest) -> DeployReport:
    """Bring the account to what ``deployment`` says."""
    raise NotImplementedError
