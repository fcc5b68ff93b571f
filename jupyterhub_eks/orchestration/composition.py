"""Which stacks a deploy is about: configured, selected, and no longer configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import RefusedError, UsageError
from jupyterhub_eks.orchestration import adoption
from jupyterhub_eks.orchestration.files import digest
from jupyterhub_eks.orchestration.kubernetes import out_of_reach
from jupyterhub_eks.orchestration.newcomer import look_around
from jupyterhub_eks.orchestration.planning import Composition

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session


def compose(
    session: Session, deployment: Deployment, only: tuple[str, ...], *, changed: bool = False
) -> Composition:
    """Synthesize and return the stacks of this run; what is to be adopted is prepared.

    Args:
        session: The run.
        deployment: The configuration.
        only: Names of the stacks; empty: all.
        changed: Leave out stacks whose files are those that were applied last.

    Raises:
        UsageError: ``only`` names a stack that does not exist.
        RefusedError: The deployment exists already, made from elsewhere.
    """
    synthesized = session.synthesize(deployment, protect_data=True)
    kubernetes = session.ctx.kubernetes
    unapplied = dict.fromkeys(out_of_reach(kubernetes, synthesized), kubernetes.missing)
    nodes = tuple(node for node in synthesized if node.name not in unapplied)
    look_around(session, nodes)
    adoption.prepare(session, nodes)
    names = {node.name for node in synthesized}
    recorded = session.store.record.deployed
    removed = {name: stack.depends_on for name, stack in recorded.items() if name not in names}
    for name in removed:
        session.restore_applied(name)
    if changed:
        nodes = _changed(session, nodes)
    if not only:
        return Composition(nodes=nodes, removed=removed, unapplied=unapplied)
    unknown = [name for name in only if name not in names | set(removed)]
    if unknown:
        raise UsageError(
            f"there is no stack {unknown[0]!r}",
            hint=f"the stacks are {', '.join(node.name for node in synthesized)}",
        )
    return Composition(
        nodes=tuple(node for node in nodes if node.name in only),
        removed={name: needs for name, needs in removed.items() if name in only},
        unapplied={name: why for name, why in unapplied.items() if name in only},
    )


def _changed(session: Session, nodes: tuple[StackNode, ...]) -> tuple[StackNode, ...]:
    """Return the stacks that differ from what was applied, and those that stand on them."""
    found: dict[str, StackNode] = {}
    for node in nodes:
        known = session.known(node.name)
        is_same = known.state == "applied" and known.digest == digest(node.directory)
        if not is_same or found.keys() & node.depends_on:
            found[node.name] = node
    return tuple(found.values())


def require_upstream(session: Session, nodes: tuple[StackNode, ...]) -> None:
    """Refuse a selection that leaves out something it needs.

    Raises:
        RefusedError: An upstream stack is neither deployed nor selected.
    """
    selected = {node.name for node in nodes}
    for node in nodes:
        for upstream in node.depends_on:
            if upstream not in selected and not session.is_ready(upstream):
                raise RefusedError(
                    f"stack {node.name!r} needs {upstream!r}, which is not deployed",
                    hint=f"add --stack {upstream}, or deploy without --stack",
                )
