"""Write the record in one step, and make it again when it is damaged."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration import statefile
from jupyterhub_eks.orchestration.deployed import state_of
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.record import (
    DamagedRecordError,
    Record,
    StackRecord,
    previous,
    read_record,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.orchestration.atomic import Write
    from jupyterhub_eks.orchestration.events import EventSink
    from jupyterhub_eks.workspace import Workspace


class RecordStore:
    """The record of one deployment in memory and on disk; safe for threads."""

    def __init__(
        self,
        workspace: Workspace,
        record: Record,
        *,
        exists: bool,
        write: Write,
    ) -> None:
        self._path = workspace.record
        self._lock = threading.Lock()
        self._write = write
        self.record = record
        self.exists = exists

    def update(self, change: Callable[[Record], Record]) -> Record:
        """Apply ``change``, write the result, and return it.

        Raises:
            StateError: It cannot be written; then nothing has changed in memory either.
        """
        with self._lock:
            changed = change(self.record)
            self._keep_previous()
            self._write(self._path, to_json(changed))
            self.record = changed
            self.exists = True
            return changed

    def assume(self, change: Callable[[Record], Record]) -> None:
        """Apply ``change`` in memory; the next write, if there is one, has it too."""
        with self._lock:
            self.record = change(self.record)

    def remove(self) -> None:
        """Remove the record: nothing is deployed."""
        with self._lock:
            for path in (self._path, previous(self._path)):
                path.unlink(missing_ok=True)
            self.exists = False

    def _keep_previous(self) -> None:
        """Keep a second name for the present file; the write then replaces the first."""
        older = previous(self._path)
        try:
            if self._path.exists():
                older.unlink(missing_ok=True)
                os.link(self._path, older)
        except OSError:
            return  # a file system without hard links: only a convenience is lost


def open_record(workspace: Workspace, emit: EventSink, write: Write) -> RecordStore:
    """Return the record, an empty one if there is none, a rebuilt one if it is damaged.

    Args:
        workspace: Where it is.
        emit: Told of a rebuild.
        write: Puts a text into a file in one step.

    Raises:
        StateError: It cannot be read, or a newer release wrote it.
    """
    fresh = Record(deployment=workspace.name, target=workspace.target)
    try:
        record = read_record(workspace.record)
    except DamagedRecordError as damaged:
        return _rebuild(workspace, fresh, damaged, emit, write)
    if record is None:  # never deployed, or removed by hand while states are there
        return RecordStore(
            workspace, replace(fresh, stacks=stacks_by_state(workspace)), exists=False, write=write
        )
    return RecordStore(workspace, record, exists=True, write=write)


def _rebuild(
    workspace: Workspace, fresh: Record, damaged: DamagedRecordError, emit: EventSink, write: Write
) -> RecordStore:
    try:
        base = read_record(previous(workspace.record)) or fresh
    except DamagedRecordError:
        base = fresh
    stacks = stacks_by_state(workspace)
    stacks |= {  # of a shared backend nothing is on this machine: the former record counts
        name: stack
        for name, stack in base.stacks.items()
        if name not in stacks and state_of(workspace, name) is None
    }
    aside = _free_name(workspace.record)
    try:
        workspace.record.replace(aside)
    except OSError as error:
        raise StateError(
            f"cannot move the damaged record {workspace.record} aside", cause=str(error)
        ) from error
    store = RecordStore(workspace, base, exists=False, write=write)
    store.update(lambda record: replace(record, stacks=stacks))
    emit(
        Note(
            text=f"{damaged.message}: made again from Terraform's state; the damaged file is "
            f"kept as {aside.name}"
        )
    )
    return store


def _free_name(path: Path) -> Path:
    number = 1
    while (candidate := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    return candidate


def stacks_by_state(workspace: Workspace) -> dict[str, StackRecord]:
    """Return the stacks whose state file has resources, from nothing but files."""
    depends_on = _manifest_dependencies(workspace)
    found: dict[str, StackRecord] = {}
    for path in sorted(workspace.state_file("x").parent.glob("*.tfstate")):
        state = state_of(workspace, path.stem) or statefile.EMPTY
        if state.resources or state.outputs:
            found[path.stem] = stack_of_state(state, depends_on.get(path.stem, ()))
    return found


def stack_of_state(state: statefile.State, depends_on: tuple[str, ...]) -> StackRecord:
    """Return what a state alone tells: outputs are written at the end of an apply."""
    complete = bool(state.resources and state.outputs)
    return StackRecord(
        state="applied" if complete else "started",
        resources=len(state.resources),
        depends_on=depends_on,
    )


def _manifest_dependencies(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    try:
        text = (workspace.terraform / "manifest.json").read_text(encoding="utf-8")
        stacks = json.loads(text)["stacks"]
        return {name: tuple(stack["dependencies"]) for name, stack in stacks.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # the next synthesis brings them
