"""Work on one stack: initialise, plan, apply, with its events and its record."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import DeployerError, InterruptedRunError, StateError
from jupyterhub_eks.orchestration import adoption
from jupyterhub_eks.orchestration.events import (
    StackDone,
    StackFailed,
    StackPhase,
    StackProgress,
    StackResult,
)
from jupyterhub_eks.orchestration.files import is_protected, read_document
from jupyterhub_eks.orchestration.giving import placeholders
from jupyterhub_eks.orchestration.lost_releases import lost_releases
from jupyterhub_eks.orchestration.release_folding import fold_changes, fold_progress
from jupyterhub_eks.orchestration.reports import StackOutcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.orchestration.record import RecordedState
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import PlannedChange, Progress, ProgressSink


def count_operations(changes: tuple[PlannedChange, ...]) -> Counter[str]:
    """Return how many resources are created, updated and deleted; a replacement is both."""
    return Counter(
        action for change in changes if change.type != "output" for action in change.actions
    )


def removals(changes: tuple[PlannedChange, ...]) -> frozenset[str]:
    """Return the addresses of the resources that would be removed or replaced."""
    return frozenset(
        change.address
        for change in changes
        if change.type != "output" and {"delete", "forget"} & set(change.actions)
    )


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was done to one stack.

    Attributes:
        result: How it ended.
        changes: What was changed, without releases that are not there.
        not_installed: Chart and version of the releases that are not there.
    """

    result: StackResult
    changes: tuple[PlannedChange, ...] = ()
    not_installed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One stack in a session.

    Attributes:
        session: The run.
        stack: Name of the stack.
        depends_on: Stacks it depends on, for the record.
    """

    session: Session
    stack: str
    depends_on: tuple[str, ...]

    def plan(self, *, destroy: bool = False) -> tuple[PlannedChange, ...]:
        """Initialise the folder, save a plan, return its changes."""
        session, terraform = self.session, self.session.ctx.terraform
        run = session.run_of(self.stack)
        session.ctx.interrupt.check()
        session.emit(StackPhase(stack=self.stack, phase="init"))
        terraform.init(run, {})
        session.ctx.interrupt.check()
        session.emit(StackPhase(stack=self.stack, phase="plan"))
        if destroy:
            run = replace(run, env={**placeholders(run.directory), **run.env})
            return fold_changes(terraform.plan(run, session.plan_file(self.stack), destroy=True))
        self._spare_protected()
        lost = lost_releases(session, self.stack)
        changes = fold_changes(terraform.plan(run, session.plan_file(self.stack), replace=lost))
        adoption.refuse_replacement(session, self.stack, changes)
        return changes

    def _spare_protected(self) -> None:
        """Keep what may not be replaced although its creation was cut short.

        Terraform would replace a tainted resource, which ``prevent_destroy`` forbids: every
        further run would fail. The plan shows what such a resource still lacks.
        """
        session = self.session
        if session.known(self.stack).state not in {"started", "failed"}:
            return
        run = session.run_of(self.stack)
        document = read_document(run.directory)
        for each in session.state(self.stack).resources:
            if each.is_tainted and is_protected(document, each.address):
                session.ctx.terraform.untaint(run, each.address)

    def apply(
        self, plan: Path, changes: tuple[PlannedChange, ...], *, destroy: bool = False
    ) -> None:
        """Apply a saved plan; the record says before and after how far the stack is.

        Raises:
            DeployerError: What Terraform said; recorded as the stack's failure.
        """
        session = self.session
        session.ctx.interrupt.check()
        before = replace(session.known(self.stack), depends_on=self.depends_on, detail="")
        state: RecordedState = "destroying" if destroy else "started"
        session.set_stack(self.stack, replace(before, state=state))
        counts = count_operations(changes)
        total = counts["create"] + counts["update"] + counts["delete"]
        session.emit(StackPhase(stack=self.stack, phase="apply", total=total))
        try:
            session.ctx.terraform.apply(session.run_of(self.stack), plan, self._teller(total))
        except InterruptedRunError:
            raise  # the record goes on saying that it was in the middle
        except DeployerError as error:
            self._record_failure(error)
            raise

    def _record_failure(self, error: DeployerError) -> None:
        before = self.session.known(self.stack)
        try:
            self.session.set_stack(
                self.stack, replace(before, state="failed", detail=error.message)
            )
        except StateError as second:  # the first error matters more
            error.add_note(f"{second.message}: {second.cause}")

    def _teller(self, total: int) -> ProgressSink:
        done = 0

        def tell(told: Progress) -> None:
            nonlocal done
            progress = fold_progress(told)
            if progress is None:
                return
            done = min(done + (progress.status == "finished"), total)
            self.session.emit(
                StackProgress(
                    stack=self.stack,
                    done=done,
                    total=total,
                    address=progress.address,
                    action=progress.action,
                    status=progress.status,
                )
            )

        return tell


def timed(session: Session, stack: str, work: Callable[[], Done]) -> StackOutcome:
    """Do ``work``, tell how it ended, and return the outcome."""
    started = time.monotonic()
    try:
        done = work()
    except DeployerError as error:
        seconds = time.monotonic() - started
        session.emit(StackFailed(stack=stack, message=error.message, seconds=seconds))
        raise
    counts = count_operations(done.changes)
    outcome = StackOutcome(
        stack=stack,
        result=done.result,
        added=counts["create"],
        changed=counts["update"],
        removed=counts["delete"],
        not_installed=done.not_installed,
        seconds=time.monotonic() - started,
    )
    session.emit(
        StackDone(
            stack=stack,
            result=done.result,
            added=outcome.added,
            changed=outcome.changed,
            removed=outcome.removed,
            not_installed=len(outcome.not_installed),
            seconds=outcome.seconds,
        )
    )
    return outcome
