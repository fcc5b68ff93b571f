"""What has to be as it was before a command may change a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import ConfigError, LocalAwsError, RefusedError
from jupyterhub_eks.orchestration.carrying import RELEASE_TYPES
from jupyterhub_eks.orchestration.deployed import lost_state
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.problems import Problem
from jupyterhub_eks.releases.platform import BALANCER_CONTROLLER

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.record import Record
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import PlannedChange


def require_states(session: Session) -> None:
    """Check that the states of recorded stacks are there.

    Raises:
        StateError: One is not, and the command needs it.
    """
    for stack, recorded in session.store.record.deployed.items():
        lost = lost_state(session.ctx.workspace, stack, recorded)
        if lost and session.command != "destroy":
            raise lost
        if lost:
            text = f"{lost.message}: {lost.cause}; what is left of it is found by its tag"
            session.emit(Note(text=text))


def refuse_orphans(session: Session, changes: tuple[PlannedChange, ...]) -> None:
    """Refuse to uninstall the load-balancer controller while a load balancer is there.

    Nobody would remove that afterwards. The stack of the controller comes before the hub's,
    which is the one that lets the load balancer go.

    Raises:
        RefusedError: There is one.
    """
    controller = {f"{kind}.{BALANCER_CONTROLLER}" for kind in RELEASE_TYPES}
    if not any(each.address in controller and each.actions == ("delete",) for each in changes):
        return
    ctx = session.ctx
    found = ctx.kubernetes.load_balancers(ctx.workspace.name)
    if found:
        command = ctx.workspace.typed("deploy")
        raise RefusedError(
            "the load-balancer controller cannot go before the load balancer it has made",
            cause=", ".join(each.identifier for each in found),
            hint=f"let the hub give it up first: {command} --stack hub\n"
            f"wait a minute until it is gone, then: {command}",
        )


def guard(ctx: Context, record: Record, deployment: Deployment | None) -> None:
    """Refuse an account, a region or an embedded AWS other than that of the record.

    Raises:
        RefusedError: The credentials are those of another account.
        ConfigError: The region was changed.
        LocalAwsError: The embedded AWS no longer has what was deployed.
    """
    has_something = bool(record.deployed or record.kept)
    _guard_instance(ctx, record, has_something=has_something)
    if ctx.target.kind == "aws":
        _guard_account(ctx, record, deployment, has_something=has_something)
    if deployment and has_something and record.region not in {"", deployment.settings.region}:
        raise ConfigError(
            [
                Problem(
                    path="region",
                    message=f"{deployment.settings.region!r}, but {record.deployment!r} is "
                    f"deployed in {record.region!r}",
                    hint=f"write region: {record.region}, or choose another `name`, or destroy "
                    "the deployment first",
                )
            ]
        )


def _guard_instance(ctx: Context, record: Record, *, has_something: bool) -> None:
    recorded, present = record.instance_id, ctx.target.instance_id
    if has_something and recorded and present and recorded != present:
        raise LocalAwsError(
            f"the embedded AWS no longer has the deployment {record.deployment!r}",
            cause=f"it was deployed on instance {recorded}, and this is {present}",
            hint="run `jhub local reset` to forget what is gone, then deploy again",
        )


def _guard_account(
    ctx: Context, record: Record, deployment: Deployment | None, *, has_something: bool
) -> None:
    account = ctx.cloud.account_id()
    wanted = deployment.settings.account if deployment else None
    if wanted and wanted != account:
        raise RefusedError(
            f"the credentials are those of account {account}",
            cause=f"the configuration says account {wanted}",
            hint="choose the other credentials (AWS_PROFILE), or correct `account`",
        )
    if has_something and record.account and record.account != account:
        raise RefusedError(
            f"the credentials are those of account {account}",
            cause=f"{record.deployment!r} is deployed in account {record.account}",
            hint="choose the other credentials (AWS_PROFILE), or another `name`",
        )
