"""Use case ``plan``: what a deploy would do, without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import PlanReport


def plan(
    ctx: Context, deployment: Deployment, *, only: tuple[str, ...] = (), out: Path | None = None
) -> PlanReport:
    """Plan every stack that can be planned; with ``out`` keep the plans for ``deploy``."""
    raise NotImplementedError
