"""Use case ``eject``: plain Terraform JSON for people who go on without ``jhub``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Synthesize
    from jupyterhub_eks.orchestration.reports import StackNode


def eject(synthesize: Synthesize, deployment: Deployment, directory: Path) -> tuple[StackNode, ...]:
    """Write the stacks and a README into ``directory``, which must be empty or new.

    Raises:
        RefusedError: ``directory`` holds something already.
    """
    raise NotImplementedError
