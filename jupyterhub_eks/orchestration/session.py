"""What plan, deploy and destroy share: the lock, the record, the guards, the events."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from jupyterhub_eks import __version__
from jupyterhub_eks.errors import DeployerError, InterruptedRunError, StateError
from jupyterhub_eks.orchestration import lock, statefile
from jupyterhub_eks.orchestration.atomic import write_atomically
from jupyterhub_eks.orchestration.deployed import make_states_private, state_of
from jupyterhub_eks.orchestration.ending import note_end
from jupyterhub_eks.orchestration.files import ADOPT_FILE, STACK_FILE, backend_of, read_document
from jupyterhub_eks.orchestration.guards import guard, require_states
from jupyterhub_eks.orchestration.kubernetes import directory_of
from jupyterhub_eks.orchestration.record import Record, RunningCommand, StackRecord, now
from jupyterhub_eks.orchestration.record_store import (
    RecordStore,
    open_record,
    stack_of_state,
)
from jupyterhub_eks.orchestration.recovery import push_states, recover_states
from jupyterhub_eks.orchestration.scheduler import Scheduler, Task
from jupyterhub_eks.ports import StackRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.events import Event
    from jupyterhub_eks.orchestration.reports import StackNode


class Session:
    """One command at work on one deployment, with the lock held.

    Attributes:
        ctx: Dependencies.
        store: The record.
        log_dir: Folder with one log file per stack.
    """

    def __init__(self, ctx: Context, store: RecordStore, command: str) -> None:
        self.ctx = ctx
        self.store = store
        self.command = command
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self.log_dir = ctx.workspace.logs / f"{stamp}-{command}"
        self.began = False
        self._seen: dict[str, StackRecord] = {}
        self._given: dict[str, dict[str, str]] = {}
        self._emitting = threading.Lock()

    def emit(self, event: Event) -> None:
        """Tell of an event; one at a time, from whatever thread."""
        with self._emitting:
            self.ctx.emit(event)

    def scheduler(self) -> Scheduler:
        """Return a scheduler with this run's parallelism and interrupt."""
        return Scheduler(self.ctx.parallelism, self.ctx.interrupt)

    def run_of(self, stack: str) -> StackRun:
        """Return what Terraform needs to know to work on a stack."""
        return StackRun(
            stack=stack,
            directory=directory_of(self.ctx.kubernetes, self.ctx.workspace, stack),
            log=self.log_dir / f"{stack}.log",
            env={**self.ctx.target.env, **self._given.get(stack, {})},
        )

    def give(self, stack: str, variable: str, value: str) -> None:
        """Let Terraform's processes of a stack have a secret in their environment."""
        self._given.setdefault(stack, {})[variable] = value

    def plan_file(self, stack: str) -> Path:
        """Return where the stack's plan is saved."""
        return self.ctx.workspace.plans / f"{stack}.tfplan"

    def begin(self, deployment: Deployment | None) -> None:
        """Note in the record that this command starts to change things."""
        ctx = self.ctx
        account = ctx.cloud.account_id()

        def change(record: Record) -> Record:
            return replace(
                record,
                account=account,
                instance_id=ctx.target.instance_id,
                region=deployment.settings.region if deployment else record.region,
                sources=ctx.sources or record.sources,
                tools={"jhub": __version__, "terraform": ctx.terraform.version()},
                command=RunningCommand(name=self.command, pid=os.getpid(), since=now()),
            )

        self.store.update(change)
        self.began = True

    def finish(self) -> None:
        """Note that the command has ended by itself."""
        if self.began and self.store.exists:
            self.store.update(lambda record: replace(record, command=None))

    def synthesize(self, deployment: Deployment, *, protect_data: bool) -> tuple[StackNode, ...]:
        """Write the stacks and return them, upstream first.

        What was applied of stacks that are recorded is saved before, because synthesis
        removes the files of a stack that is no longer configured.
        """
        workspace = self.ctx.workspace
        for stack in self.store.record.deployed:
            source = workspace.stack_dir(stack) / STACK_FILE
            if source.exists() and not workspace.applied_file(stack).exists():
                self.remember_applied(stack)
        nodes = self.ctx.synthesize(deployment, workspace.terraform, protect_data=protect_data)
        for node in nodes:
            (node.directory / ADOPT_FILE).unlink(missing_ok=True)
        self._ensure_buckets(nodes)
        self._look_at_remote_states(nodes)
        return nodes

    def remember_applied(self, stack: str) -> None:
        """Save a stack's files, with which it can be destroyed whatever comes."""
        source = self.ctx.workspace.stack_dir(stack) / STACK_FILE
        write_atomically(self.ctx.workspace.applied_file(stack), source.read_text(encoding="utf-8"))

    def has_files(self, stack: str) -> bool:
        """Return whether the files with which a stack can be destroyed are there."""
        workspace = self.ctx.workspace
        return (
            workspace.applied_file(stack).exists()
            or (workspace.stack_dir(stack) / STACK_FILE).exists()
        )

    def restore_applied(self, stack: str) -> None:
        """Bring back the files of a stack that is no longer configured.

        Raises:
            StateError: They are gone.
        """
        saved = self.ctx.workspace.applied_file(stack)
        directory = self.ctx.workspace.stack_dir(stack)
        if saved.exists():
            write_atomically(directory / STACK_FILE, saved.read_text(encoding="utf-8"))
        elif not self.has_files(stack):
            raise StateError(
                f"the Terraform files of stack {stack!r} are gone",
                cause=f"neither {saved} nor {directory / STACK_FILE} exists",
                hint="name the configuration it was deployed from with -f",
            )

    def state(self, stack: str) -> statefile.State:
        """Return Terraform's state of a stack, from wherever its backend keeps it."""
        found = state_of(self.ctx.workspace, stack)
        if found is not None:
            return found
        run = self.run_of(stack)
        self.ctx.terraform.init(run, {})
        return statefile.parse(self.ctx.terraform.state_pull(run), f"of stack {stack!r}")

    def known(self, stack: str) -> StackRecord:
        """Return how far a stack is, as far as is known."""
        recorded = self.store.record.stacks.get(stack, StackRecord(state="absent"))
        return self._seen.get(stack, recorded)

    def set_stack(self, stack: str, state: StackRecord) -> None:
        """Write a stack's part of the record."""
        self.store.update(lambda record: record.with_stack(stack, state))
        self._seen.pop(stack, None)

    def is_ready(self, stack: str) -> bool:
        """Return whether stacks that depend on ``stack`` can be planned."""
        return self.known(stack).state == "applied"

    def _ensure_buckets(self, nodes: Iterable[StackNode]) -> None:
        buckets = {
            (settings["bucket"], settings["region"])
            for kind, settings in (backend_of(read_document(node.directory)) for node in nodes)
            if kind == "s3"
        }
        for bucket, region in sorted(buckets):
            self.ctx.cloud.ensure_state_bucket(bucket, region)

    def _look_at_remote_states(self, nodes: Iterable[StackNode]) -> None:
        """With a shared backend the record of this machine may be behind: ask the states."""
        remote = [node for node in nodes if backend_of(read_document(node.directory))[0] != "local"]

        def look(node: StackNode) -> None:
            recorded = self.known(node.name)
            found = stack_of_state(self.state(node.name), node.depends_on)
            if recorded.state == "absent" or not found.resources:
                absent = StackRecord(state="absent", depends_on=node.depends_on)
                self._seen[node.name] = found if found.resources else absent

        tasks = [Task(name=node.name, run=partial(look, node)) for node in remote]
        results = self.scheduler().run(tasks)
        raise_first(results.failed.values())
        self.ctx.interrupt.check()


def raise_first(errors: Iterable[Exception]) -> None:
    """Raise the first of the errors, if there is one."""
    for error in errors:
        raise error


@contextmanager
def open_session(ctx: Context, command: str, deployment: Deployment | None) -> Iterator[Session]:
    """Hold the deployment for one command.

    Raises:
        LockedError: Another run holds it.
        RefusedError: The credentials are those of another account.
        ConfigError: Something was changed that cannot change.
        LocalAwsError: The embedded AWS no longer has what was deployed.
        StateError: The record cannot be read or written, or a state is damaged or gone.
    """
    with lock.held(ctx.workspace.lock, command), ctx.interrupt.notifying(ctx.terraform.interrupt):
        recover_states(ctx.workspace, ctx.emit)
        store = open_record(ctx.workspace, ctx.emit, ctx.write_record)
        session = Session(ctx, store, command)
        guard(ctx, store.record, deployment)
        try:
            push_states(session)
            require_states(session)
            yield session
            session.finish()
        except InterruptedRunError as error:
            note_end(session, error)
            raise  # the record goes on naming the command, for `status`
        except Exception as error:
            if ctx.interrupt.is_set:  # e.g. Ctrl-C has also ended Node during synthesis
                ctx.interrupt.check(cause=str(error))
            _finish_after(session, error)
            raise
        finally:
            shutil.rmtree(ctx.workspace.plans, ignore_errors=True)  # they may hold secrets
            make_states_private(ctx.workspace, session.store.record.stacks)


def _finish_after(session: Session, error: Exception) -> None:
    if session.began and isinstance(error, DeployerError):
        note_end(session, error)
    try:
        session.finish()
    except StateError as second:
        error.add_note(f"{second.message}: {second.cause}")
