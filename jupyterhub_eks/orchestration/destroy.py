"""Use case ``destroy``: a composition of its own, from what is recorded."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, cast

from jupyterhub_eks import ordering
from jupyterhub_eks.errors import ClusterError, RefusedError, StalePlanError, TerraformError
from jupyterhub_eks.orchestration import adoption, keeping
from jupyterhub_eks.orchestration.carrying import RELEASE_TYPES
from jupyterhub_eks.orchestration.clearing import Clearing
from jupyterhub_eks.orchestration.closing import Closing
from jupyterhub_eks.orchestration.deployed import lost_state
from jupyterhub_eks.orchestration.events import Note, RunStarted, StackSkipped
from jupyterhub_eks.orchestration.failures import raise_failures
from jupyterhub_eks.orchestration.files import (
    ADOPT_FILE,
    read_document,
    upstream_of,
    without_protection,
    without_resources,
    write_document,
)
from jupyterhub_eks.orchestration.not_installed import releases_not_installed, without
from jupyterhub_eks.orchestration.planning import Composition, plan_stacks
from jupyterhub_eks.orchestration.removal import forget_stack
from jupyterhub_eks.orchestration.reports import PlanReport
from jupyterhub_eks.orchestration.scheduler import Task
from jupyterhub_eks.orchestration.session import Session, open_session
from jupyterhub_eks.orchestration.stackwork import Done, Worker, timed
from jupyterhub_eks.orchestration.sweeping import Sweeping

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.record import KeptResource
    from jupyterhub_eks.orchestration.reports import DestroyReport, DestroyRequest, StackOutcome
    from jupyterhub_eks.ports import PlannedChange

Shape = dict[str, tuple[str, ...]]


def destroy(ctx: Context, deployment: Deployment | None, request: DestroyRequest) -> DestroyReport:
    """Remove everything of the deployment and look for what is left.

    Without ``deployment`` the record and the last applied files are used.
    The caller raises ``LeftoverError`` when the report's ``left`` is not empty.

    Raises:
        RefusedError: The answer was no, or the account is another one.
        InterruptedRunError: The run was asked to stop.
        DeployerError: A stack could not be destroyed; what does not need it is.
    """
    started = time.monotonic()
    with open_session(ctx, "destroy", deployment) as session:
        stacks = _find_stacks(session, deployment)
        shape = ordering.reverse(stacks)
        order = ordering.order(shape)
        session.emit(
            RunStarted(
                command="destroy",
                deployment=ctx.workspace.name,
                stacks=(*((name, shape[name]) for name in order), *_only_data(session, shape)),
            )
        )
        outcomes: tuple[StackOutcome, ...] = ()
        was_known = session.store.exists or bool(stacks)
        sweeping = Sweeping.of(session, keep_data=request.keep_data)
        forgets = bool(session.store.record.kept) and not request.keep_data
        if not stacks and not forgets:
            session.emit(Note(text=f"nothing of {ctx.workspace.name!r} is deployed"))
        else:
            plans, data = _agree(session, stacks, request, sweeping)
            session.begin(deployment)
            if not request.keep_data:
                for name in stacks:  # data that is adopted again is destroyed with its stack
                    adoption.complete(session, name)
            keeping.keep(session, data)
            sweeping.before(stacks)
            run = _Run(
                session=session,
                plans=plans,
                data=data,
                sweeping=sweeping,
                clearing=Clearing(session=session, force=request.force_drain),
            )
            outcomes = run.go(shape, order)
            if not request.keep_data:
                outcomes += keeping.remove_kept(session)
        closing = Closing(sweeping=sweeping, request=request, was_known=was_known)
        return closing.report(outcomes, started)


def _only_data(session: Session, shape: Shape) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the stacks of which nothing but kept data is there."""
    stacks = {each.stack for each in session.store.record.kept}
    return tuple((name, ()) for name in sorted(stacks - shape.keys()))


def _find_stacks(session: Session, deployment: Deployment | None) -> Shape:
    """Return the stacks that have something, with what they depend on; files are ready.

    What was applied is what is destroyed: the files of today may name stacks that did not
    exist then. Only a shared backend may know of stacks that this machine's record does not,
    and files that were lost can only be made again.
    """
    stacks: Shape = {}
    workspace = session.ctx.workspace
    lost = not all(session.has_files(name) for name in session.store.record.deployed)
    if deployment and (lost or deployment.settings.state.backend != "local"):
        for node in session.synthesize(deployment, protect_data=False):
            if session.known(node.name).state != "absent":
                stacks[node.name] = node.depends_on
    for name, recorded in session.store.record.deployed.items():
        session.restore_applied(name)
        stacks[name] = recorded.depends_on
    for name in stacks:
        _unprotect(session, name)
    readable = {name for name in stacks if not _has_lost_its_state(session, name)}
    for name in stacks:
        if not readable.issuperset(upstream_of(read_document(workspace.stack_dir(name)))):
            _cut_loose(session, name)
    return stacks


def _has_lost_its_state(session: Session, stack: str) -> bool:
    recorded = session.store.record.stacks.get(stack)
    return recorded is not None and bool(lost_state(session.ctx.workspace, stack, recorded))


def _cut_loose(session: Session, stack: str) -> None:
    """Take everything but the provider out of a stack's files, so that it needs no other state.

    Terraform destroys what its state has, whether the files still declare it or not, but it
    cannot plan a stack that reads the outputs of one that is gone or whose state is lost.
    """
    directory = session.ctx.workspace.stack_dir(stack)
    write_document(directory, without_resources(read_document(directory)))


def _unprotect(session: Session, stack: str) -> None:
    directory = session.ctx.workspace.stack_dir(stack)
    document = read_document(directory)
    opened = without_protection(document)
    if opened != document:
        write_document(directory, opened)
    (directory / ADOPT_FILE).unlink(missing_ok=True)


def _agree(
    session: Session, stacks: Shape, request: DestroyRequest, sweeping: Sweeping
) -> tuple[dict[str, tuple[PlannedChange, ...]], tuple[KeptResource, ...]]:
    """Plan, ask, and return the changes by stack and the data to keep."""
    report = plan_stacks(session, Composition(nodes=(), removed=stacks), tell=False)
    data: tuple[KeptResource, ...] = ()
    if request.keep_data:
        data = tuple(
            each for name in stacks for each in keeping.find_data(name, session.state(name))
        )
    kept = (*session.store.record.kept, *data) if request.keep_data else ()
    addresses = {(each.stack, each.address) for each in data}
    for name in stacks:
        addresses |= {(name, each) for each in releases_not_installed(session, name)}
    formerly = () if request.keep_data else keeping.planned_removal(session.store.record.kept)
    shown = PlanReport(
        deployment=report.deployment,
        stacks=formerly
        + tuple(
            replace(
                plan,
                changes=tuple(
                    change
                    for change in plan.changes
                    if (plan.stack, change.address) not in addresses
                ),
            )
            for plan in report.stacks
        )
        + sweeping.planned(),
        kept=keeping.as_resources({each.identifier: each for each in kept}.values()),
    )
    agreed = request.unattended
    try:
        agreed = agreed or request.confirm(shown)
    finally:  # also after Ctrl-C at the question
        if not agreed:
            for name in stacks:
                session.restore_applied(name)  # with their protection
    if not agreed:
        raise RefusedError("nothing was changed", cause="the answer was no")
    return {plan.stack: plan.changes for plan in report.stacks}, data


@dataclass(frozen=True, kw_only=True)
class _Run:
    """The applying part of one destroy."""

    session: Session
    plans: dict[str, tuple[PlannedChange, ...]]
    data: tuple[KeptResource, ...]
    sweeping: Sweeping
    clearing: Clearing

    def go(self, shape: Shape, order: tuple[str, ...]) -> tuple[StackOutcome, ...]:
        tasks = [
            Task(
                name=name,
                depends_on=shape[name],
                run=partial(timed, self.session, name, partial(self._destroy, name)),
            )
            for name in order
        ]
        results = self.session.scheduler().run(tasks, self._skip)
        raise_failures(self.session, results)
        return tuple(cast("StackOutcome", results.done[name]) for name in order)

    def _skip(self, name: str, reason: str) -> None:
        self.session.emit(StackSkipped(stack=name, reason=reason))

    def _destroy(self, name: str) -> Done:
        missing = releases_not_installed(self.session, name)
        depends_on = self.session.known(name).depends_on
        worker = Worker(session=self.session, stack=name, depends_on=depends_on)
        changes = self.plans[name]
        has_cluster = self.clearing.before(name)
        if not has_cluster:
            self._forget_releases(name)
        if not has_cluster or any(each.stack == name for each in self.data):
            changes = worker.plan(destroy=True)  # its state has just been changed
        self.sweeping.before_stack(name)
        if changes:
            try:
                changes = self._apply_freeing(worker, changes)
            except ClusterError as error:
                self.clearing.add_what_holds(name, error)
                raise
        self.clearing.after(name)
        forget_stack(self.session, name)
        return Done(result="destroyed", changes=without(changes, missing))

    def _forget_releases(self, name: str) -> None:
        """Take releases out of the state: they went with their cluster."""
        gone = tuple(
            each.address
            for each in self.session.state(name).resources
            if each.address.partition(".")[0] in RELEASE_TYPES
        )
        if gone:
            self.session.ctx.terraform.state_forget(self.session.run_of(name), gone)

    def _apply_freeing(
        self, worker: Worker, changes: tuple[PlannedChange, ...]
    ) -> tuple[PlannedChange, ...]:
        """Apply; what needs force to be deleted is taken out and removed at the end."""
        try:
            return self._apply(worker, changes)
        except TerraformError:
            stuck = keeping.find_stuck(worker.stack, self.session.state(worker.stack))
            if self.sweeping.keep_data or not stuck:
                raise
        keeping.keep(self.session, stuck)
        rest = worker.plan(destroy=True)
        if rest:
            self._apply(worker, rest)
        return changes

    def _apply(
        self, worker: Worker, changes: tuple[PlannedChange, ...]
    ) -> tuple[PlannedChange, ...]:
        plan = self.session.plan_file(worker.stack)
        try:
            worker.apply(plan, changes, destroy=True)
        except StalePlanError:
            changes = worker.plan(destroy=True)
            if changes:
                worker.apply(plan, changes, destroy=True)
        return changes
