"""Plan stacks at the same time and say honestly what cannot be known yet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from jupyterhub_eks import ordering
from jupyterhub_eks.orchestration.carrying import RELEASE_TYPE
from jupyterhub_eks.orchestration.changes import details_in, read_plan
from jupyterhub_eks.orchestration.events import StackDone, StackWaiting
from jupyterhub_eks.orchestration.failures import raise_failures
from jupyterhub_eks.orchestration.release_comparison import release_details
from jupyterhub_eks.orchestration.reports import PlanReport, StackNode, StackPlan
from jupyterhub_eks.orchestration.scheduler import Task
from jupyterhub_eks.orchestration.stackwork import Worker, count_operations
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterhub_eks.orchestration.changes import ResourceDetail
    from jupyterhub_eks.orchestration.release_details import ReleaseDetail
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import PlannedChange


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The stacks of a run.

    Attributes:
        nodes: Stacks to deploy, upstream first.
        removed: Stacks that are deployed and no longer configured, by name, with the
            names they depended on.
        unapplied: Stacks that are configured and cannot be applied here, with the reason.
    """

    nodes: tuple[StackNode, ...]
    removed: dict[str, tuple[str, ...]]
    unapplied: dict[str, str] = field(default_factory=dict)

    def shape(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return each stack with what it waits for; a removal waits for its dependants."""
        names = {node.name for node in self.nodes} | set(self.removed)
        shape = {node.name: node.depends_on for node in self.nodes}
        users = ordering.reverse({**shape, **self.removed})
        # Stacks that read a removed one must have let go of it first.
        shape |= {name: tuple(set(users[name]) & names) for name in self.removed}
        return tuple((name, shape[name]) for name in ordering.order(shape))


def plan_stacks(session: Session, composition: Composition, *, tell: bool) -> PlanReport:
    """Plan every stack whose upstream is deployed; the others are said to wait.

    Args:
        session: The run.
        composition: The stacks.
        tell: Whether a finished plan is the stack's last event (command ``plan``).

    Raises:
        DeployerError: A stack could not be planned, after all others have been.
    """
    waiting = {
        node.name: missing
        for node in composition.nodes
        if (missing := tuple(up for up in node.depends_on if not session.is_ready(up)))
    }
    for name, missing in waiting.items():
        session.emit(StackWaiting(stack=name, waits_for=missing))
    tasks = [
        _task(session, node.name, node.depends_on, destroy=False, tell=tell)
        for node in composition.nodes
        if node.name not in waiting
    ]
    for name, depends_on in composition.removed.items():
        tasks.append(_task(session, name, depends_on, destroy=True, tell=tell))
    results = session.scheduler().run(tasks)
    raise_failures(session, results)
    planned = {name: cast("StackPlan", each) for name, each in results.done.items()}
    plans = [
        replace(
            planned.get(node.name, StackPlan(stack=node.name)),
            waits_for=waiting.get(node.name, ()),
            resources=node.resources,
        )
        for node in composition.nodes
    ]
    removed = [planned[name] for name in composition.removed]
    return PlanReport(
        deployment=session.ctx.workspace.name,
        stacks=(*_with_doubts(plans, composition.nodes), *removed),
        kept=tuple(
            Resource(each.service, each.kind, each.identifier) for each in session.store.record.kept
        ),
        unapplied=composition.unapplied,
    )


def _task(
    session: Session, name: str, depends_on: tuple[str, ...], *, destroy: bool, tell: bool
) -> Task:
    worker = Worker(session=session, stack=name, depends_on=depends_on)

    def run() -> StackPlan:
        started = time.monotonic()
        changes = worker.plan(destroy=destroy)
        inside = Inside() if destroy else look_inside(session, name, changes)
        if tell:
            counts = count_operations(changes)
            session.emit(
                StackDone(
                    stack=name,
                    result="planned",
                    added=counts["create"],
                    changed=counts["update"],
                    removed=counts["delete"],
                    seconds=time.monotonic() - started,
                )
            )
        return inside.plan(name, changes, removed=destroy)

    return Task(name=name, run=cast("Callable[[], object]", run))


@dataclass(frozen=True, kw_only=True)
class Inside:
    """What a plan changes inside resources and releases."""

    details: tuple[ResourceDetail, ...] = ()
    releases: tuple[ReleaseDetail, ...] = ()

    def plan(
        self, stack: str, changes: tuple[PlannedChange, ...], *, removed: bool = False
    ) -> StackPlan:
        """Return the plan of a stack that has it."""
        return StackPlan(
            stack=stack,
            changes=changes,
            removed=removed,
            details=self.details,
            releases=self.releases,
        )


def look_inside(session: Session, stack: str, changes: tuple[PlannedChange, ...]) -> Inside:
    """Return what the saved plan of a stack changes inside its resources and releases.

    Terraform starts its providers once more to tell it, so it is asked only where
    something is updated or replaced, or a release is concerned.

    Raises:
        DeployerError: Terraform cannot show its plan.
    """
    if not any(_changes_inside(each) for each in changes):
        return Inside()
    terraform, workspace = session.ctx.terraform, session.ctx.workspace
    plan = read_plan(terraform.show_json(session.run_of(stack), session.plan_file(stack)))
    return Inside(
        details=details_in(plan),
        releases=release_details(session.ctx.kubernetes, plan, workspace.stack_dir(stack)),
    )


def _changes_inside(change: PlannedChange) -> bool:
    is_replaced = {"delete", "create"} <= set(change.actions)
    is_release = change.type == RELEASE_TYPE
    return is_release or (change.type != "output" and (is_replaced or "update" in change.actions))


def _with_doubts(plans: Sequence[StackPlan], nodes: Sequence[StackNode]) -> list[StackPlan]:
    """Note on each plan the upstream stacks whose changes it could not foresee."""
    moving: set[str] = set()
    result: list[StackPlan] = []
    for plan, node in zip(plans, nodes, strict=True):
        doubts = () if plan.waits_for else tuple(up for up in node.depends_on if up in moving)
        if plan.changes or plan.waits_for or doubts:
            moving.add(plan.stack)
        result.append(replace(plan, may_change_after=doubts))
    return result
