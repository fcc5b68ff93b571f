"""Use case ``plan``: what a deploy would do, without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration import bundle
from jupyterhub_eks.orchestration.composition import compose
from jupyterhub_eks.orchestration.events import RunStarted, StackSkipped
from jupyterhub_eks.orchestration.giving import give_secrets
from jupyterhub_eks.orchestration.planning import plan_stacks
from jupyterhub_eks.orchestration.session import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import PlanReport


def plan(
    ctx: Context,
    deployment: Deployment,
    *,
    only: tuple[str, ...] = (),
    changed: bool = False,
    out: Path | None = None,
) -> PlanReport:
    """Plan every stack that can be planned; with ``out`` keep the plans for ``deploy``.

    Args:
        ctx: Dependencies.
        deployment: The configuration.
        only: Names of the stacks to plan; empty: all.
        changed: Leave out stacks whose files are those that were applied last.
        out: New or empty folder for the plans, which may hold secrets.

    Raises:
        UsageError: ``only`` names a stack that does not exist.
        RefusedError: ``out`` holds something else; or the account is another one.
        DeployerError: As :func:`open_session` and Terraform raise it.
    """
    if out:
        bundle.check_empty(out)
    with open_session(ctx, "plan", deployment) as session:
        composition = compose(session, deployment, only, changed=changed)
        session.emit(
            RunStarted(command="plan", deployment=ctx.workspace.name, stacks=composition.shape())
        )
        ready = (node for node in composition.nodes if all(map(session.is_ready, node.depends_on)))
        names = [node.name for node in ready]
        give_secrets(session, deployment, names, only_shown=out is None)
        for stack, reason in composition.unapplied.items():
            session.emit(StackSkipped(stack=stack, reason=reason))
        report = plan_stacks(session, composition, tell=True)
        if out:
            bundle.write(session, deployment, report, out)
        return report
