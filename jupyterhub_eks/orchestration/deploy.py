"""Use case ``deploy``: apply saved plans, in parallel, in the order of dependencies."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from jupyterhub_eks.errors import AlreadyExistsError, RefusedError, StalePlanError
from jupyterhub_eks.orchestration import adoption, bundle
from jupyterhub_eks.orchestration.asked_secrets import HUB
from jupyterhub_eks.orchestration.composition import compose, require_upstream
from jupyterhub_eks.orchestration.creator import refuse_entry_of_creator
from jupyterhub_eks.orchestration.events import RunStarted, StackResult, StackSkipped, StackWaiting
from jupyterhub_eks.orchestration.failures import raise_failures
from jupyterhub_eks.orchestration.files import digest
from jupyterhub_eks.orchestration.giving import give_secrets, restart_hub
from jupyterhub_eks.orchestration.guards import refuse_orphans
from jupyterhub_eks.orchestration.not_installed import releases_not_installed, without
from jupyterhub_eks.orchestration.planning import Composition, Inside, look_inside, plan_stacks
from jupyterhub_eks.orchestration.removal import forget_stack
from jupyterhub_eks.orchestration.reports import (
    DeployReport,
    PlanReport,
    StackNode,
    StackOutcome,
    StackPlan,
)
from jupyterhub_eks.orchestration.scheduler import Results, Scheduler, Task
from jupyterhub_eks.orchestration.session import open_session
from jupyterhub_eks.orchestration.stackwork import Done, Worker, removals, timed
from jupyterhub_eks.orchestration.sweeping import Sweeping

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import DeployRequest
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import PlannedChange


def deploy(ctx: Context, deployment: Deployment, request: DeployRequest) -> DeployReport:
    """Bring the account to what ``deployment`` says.

    Raises:
        RefusedError: The answer was no, or the account is another one.
        PreflightError: ``cluster.admins`` names the identity that would create the cluster,
            or a secret of the login is not where the configuration says.
        StalePlanError: The plans in ``request.plan_dir`` no longer fit.
        InterruptedRunError: The run was asked to stop.
        DeployerError: A stack failed; those that do not depend on it are finished.
    """
    started = time.monotonic()
    with open_session(ctx, "deploy", deployment) as session:
        composition = compose(session, deployment, request.only, changed=request.changed)
        require_upstream(session, composition.nodes)
        refuse_entry_of_creator(session, deployment, composition.nodes)
        if not request.plan_dir:  # a saved plan holds them
            give_secrets(session, deployment, (node.name for node in composition.nodes))
        name = ctx.workspace.name
        session.emit(RunStarted(command="deploy", deployment=name, stacks=composition.shape()))
        for stack, reason in composition.unapplied.items():
            session.emit(StackSkipped(stack=stack, reason=reason))
        sweeping = Sweeping.of(session, keep_data=True)
        plans, waiting = _agree(session, deployment, composition, request)
        session.begin(deployment)
        run = _Run(session=session, request=request, plans=plans, waiting=waiting)
        results = run.go(composition)
        raise_failures(session, results)
        sweeping.after_deploy()
        return DeployReport(
            deployment=name,
            stacks=_outcomes(composition, results),
            outputs={
                node.name: session.state(node.name).visible_outputs()
                for node in composition.nodes
                if node.name not in waiting
            },
            log_dir=session.log_dir,
            seconds=time.monotonic() - started,
            waiting=waiting,
            unapplied=composition.unapplied,
        )


def _agree(
    session: Session, deployment: Deployment, composition: Composition, request: DeployRequest
) -> tuple[dict[str, StackPlan], tuple[str, ...]]:
    """Return the plans that were agreed to, and the stacks left out of a reviewed plan."""
    if request.plan_dir:
        reviewed = bundle.load(session, deployment, composition, request.plan_dir)
        report = PlanReport(
            deployment=session.ctx.workspace.name, stacks=tuple(reviewed.plans.values())
        )
        waiting = reviewed.waiting
    elif request.unattended:
        return {}, ()
    else:
        report, waiting = plan_stacks(session, composition, tell=False), ()
    if report.has_changes and not request.unattended and not request.confirm(report):
        raise RefusedError("nothing was changed", cause="the answer was no")
    return {plan.stack: plan for plan in report.stacks}, waiting


def _outcomes(composition: Composition, results: Results) -> tuple[StackOutcome, ...]:
    order = [name for name, _ in composition.shape()]
    return tuple(cast("StackOutcome", results.done[name]) for name in order if name in results.done)


@dataclass(kw_only=True)
class _Run:
    """The applying part of one deploy.

    Attributes:
        plans: Plans that were shown, or reviewed.
        waiting: Stacks that have no reviewed plan; they are left alone.
        changed: Stacks applied in this run; plans of their dependants are outdated.
    """

    session: Session
    request: DeployRequest
    plans: dict[str, StackPlan]
    waiting: tuple[str, ...]
    changed: set[str] = field(default_factory=set)
    scheduler: Scheduler = field(init=False)

    def go(self, composition: Composition) -> Results:
        """Run all stacks."""
        self.scheduler = self.session.scheduler()
        nodes = {node.name: node for node in composition.nodes}
        tasks = []
        for name, waits_for in composition.shape():
            if name in self.waiting:
                self._skip(name, "the reviewed plan has no plan for it")
                continue
            work = (
                partial(self._deploy, nodes[name])
                if name in nodes
                else partial(self._remove, name, composition.removed[name])
            )
            tasks.append(
                Task(
                    name=name,
                    depends_on=waits_for,
                    run=partial(timed, self.session, name, work),
                )
            )
            if waits_for:
                self.session.emit(StackWaiting(stack=name, waits_for=waits_for))
        return self.scheduler.run(tasks, self._skip)

    def _skip(self, name: str, reason: str) -> None:
        self.session.emit(StackSkipped(stack=name, reason=reason))

    def _deploy(self, node: StackNode) -> Done:
        worker = Worker(session=self.session, stack=node.name, depends_on=node.depends_on)
        existed = self.session.known(node.name).state != "absent"
        changes = self._current_plan(worker, destroy=False)
        refuse_orphans(self.session, changes)
        if changes:
            self.session.remember_applied(node.name)
            changes = self._apply_adopting(worker, node, changes)
        self._record_applied(node, changed=bool(changes))
        missing = releases_not_installed(self.session, node.name)
        if changes and existed and node.name == HUB:
            restart_hub(self.session)
        result: StackResult = "changed" if existed else "created"
        return Done(
            result=result if changes else "unchanged",
            changes=without(changes, missing),
            not_installed=tuple(missing.values()),
        )

    def _remove(self, name: str, depends_on: tuple[str, ...]) -> Done:
        worker = Worker(session=self.session, stack=name, depends_on=depends_on)
        changes = self._current_plan(worker, destroy=True)
        missing = releases_not_installed(self.session, name)
        if changes:
            changes = self._apply(worker, changes, destroy=True)
        forget_stack(self.session, name)
        return Done(result="destroyed", changes=without(changes, missing))

    def _current_plan(self, worker: Worker, *, destroy: bool) -> tuple[PlannedChange, ...]:
        """Return the changes of a saved plan that is up to date and agreed to."""
        shown = self.plans.get(worker.stack)
        outdated = not destroy and self.changed.intersection(worker.depends_on)
        if shown and not shown.waits_for and (self.request.plan_dir or not outdated):
            return shown.changes
        return self._plan_again(worker, destroy=destroy)

    def _plan_again(self, worker: Worker, *, destroy: bool) -> tuple[PlannedChange, ...]:
        changes = worker.plan(destroy=destroy)
        shown = self.plans.get(worker.stack)
        new = removals(changes) - removals(shown.changes if shown else ())
        if new and not self.request.unattended:
            inside = Inside() if destroy else look_inside(self.session, worker.stack, changes)
            plan = inside.plan(worker.stack, changes, removed=destroy)
            report = PlanReport(deployment=self.session.ctx.workspace.name, stacks=(plan,))
            if not self.scheduler.on_caller(lambda: self.request.confirm(report)):
                raise RefusedError(
                    f"stack {worker.stack!r} was not changed",
                    cause="the answer was no",
                    hint="what was applied before stays; run again to be asked again",
                )
        return changes

    def _apply_adopting(
        self, worker: Worker, node: StackNode, changes: tuple[PlannedChange, ...]
    ) -> tuple[PlannedChange, ...]:
        """Apply; what exists already and is this deployment's is taken over, once."""
        try:
            return self._apply(worker, changes, destroy=False)
        except AlreadyExistsError:
            if self.request.plan_dir or not adoption.prepare_again(self.session, node):
                raise
        changes = self._plan_again(worker, destroy=False)
        return self._apply(worker, changes, destroy=False) if changes else ()

    def _apply(
        self, worker: Worker, changes: tuple[PlannedChange, ...], *, destroy: bool
    ) -> tuple[PlannedChange, ...]:
        """Apply, and plan once more if the state has moved since; return what was applied."""
        self.changed.add(worker.stack)
        plan = self.session.plan_file(worker.stack)
        try:
            worker.apply(plan, changes, destroy=destroy)
        except StalePlanError:
            if self.request.plan_dir:
                raise
            changes = self._plan_again(worker, destroy=destroy)
            if changes:
                worker.apply(plan, changes, destroy=destroy)
        return changes

    def _record_applied(self, node: StackNode, *, changed: bool) -> None:
        session = self.session
        adoption.complete(session, node.name)
        known = session.known(node.name)
        applied_now = digest(node.directory)
        is_recorded = node.name in session.store.record.stacks and known.digest == applied_now
        if not changed and known.state == "applied" and is_recorded:
            return
        state = session.state(node.name)
        applied = replace(
            known,
            state="applied",
            resources=len(state.resources),
            digest=applied_now,
            depends_on=node.depends_on,
            detail="",
        )
        session.set_stack(node.name, applied)
