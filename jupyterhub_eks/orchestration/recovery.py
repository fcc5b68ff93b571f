"""Put states in place that Terraform could not write, before anything reads them.

When a disk is full, Terraform leaves half a state and writes the whole one as
``errored.tfstate`` into the folder it runs in. With a shared backend it does the same
when the backend cannot be reached.
"""

from __future__ import annotations

import errno
import shlex
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import StateError, TerraformError
from jupyterhub_eks.orchestration import statefile
from jupyterhub_eks.orchestration.deployed import (
    ERRORED_STATE,
    readable,
    state_of,
    state_path,
)
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.orchestration.events import EventSink
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.workspace import Workspace


def recover_states(workspace: Workspace, emit: EventSink) -> None:
    """Put each ``errored.tfstate`` in the place of the state that it continues.

    Raises:
        StateError: One does not continue the state that is there, or neither can be read.
    """
    for errored in sorted(workspace.terraform.glob(f"stacks/*/{ERRORED_STATE}")):
        stack = errored.parent.name
        path = state_path(workspace, stack)
        if path is None:
            continue
        rescued = readable(errored)
        if rescued is None:
            state_of(workspace, stack)  # raises where it is damaged too
            aside = _move_aside(errored)
            emit(Note(text=f"{stack}: {errored.name} is damaged; kept as {aside.name}"))
            continue
        if reason := _contradiction(rescued, path):
            raise StateError(
                f"{errored} does not continue the state of stack {stack!r}",
                cause=reason,
                hint=f"if the present state is right: rm {_quoted(errored)}\n"
                f"if the other one is: mv {_quoted(errored)} {_quoted(path)}\n"
                f"then run `{workspace.typed('plan')}`",
            )
        _put(errored, path, stack, emit)


def push_states(session: Session) -> None:
    """Hand each ``errored.tfstate`` of a shared backend to it.

    Raises:
        StateError: The backend refuses one.
    """
    workspace = session.ctx.workspace
    for errored in sorted(workspace.terraform.glob(f"stacks/*/{ERRORED_STATE}")):
        stack = errored.parent.name
        if state_path(workspace, stack) is not None:
            continue
        run = session.run_of(stack)
        session.ctx.terraform.init(run, {})
        try:
            session.ctx.terraform.state_push(run, errored)
        except TerraformError as error:
            raise StateError(
                f"the backend does not take {errored}",
                cause=error.cause or error.message,
                hint=f"if the backend's state is right: rm {_quoted(errored)}\n"
                f"if the other one is: cd {_quoted(errored.parent)} && "
                f"terraform state push -force {ERRORED_STATE} && rm {ERRORED_STATE}\n"
                f"then run `{workspace.typed('plan')}`",
                log=error.log,
            ) from error
        errored.unlink()
        session.emit(Note(text=_told(stack, "given to the backend")))


def _contradiction(rescued: statefile.State, path: Path) -> str:
    """Return why a state cannot follow the one in a file; empty if it can."""
    try:
        present = statefile.read(path)
    except statefile.DamagedStateError:
        before = readable(path.with_name(f"{path.name}.backup"))
        present = before or statefile.EMPTY
    if present.lineage and present.lineage != rescued.lineage:
        return f"their lineages differ: {rescued.lineage}, and {present.lineage} in {path}"
    if rescued.serial < present.serial:
        return f"its serial is {rescued.serial}, and that of {path} already {present.serial}"
    return ""


def _put(errored: Path, path: Path, stack: str, emit: EventSink) -> None:
    try:
        content = errored.read_bytes()
        if path.exists() and path.read_bytes() == content:
            errored.unlink()  # a former run was killed between the two steps below
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = f"; the damaged file is kept as {_move_aside(path).name}" if path.exists() else ""
        _move(errored, path, content)
    except OSError as error:
        raise StateError(
            f"cannot put {errored} in the place of {path}",
            cause=str(error),
            hint="make room or correct the permissions, then run the same command again",
        ) from error
    emit(Note(text=_told(stack, f"put in place{kept}")))


def _move(source: Path, target: Path, content: bytes) -> None:
    """Rename, which needs no room; over file systems write and remove."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        replace_file(target, content, durable=True)
        source.unlink()


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside


def _told(stack: str, what: str) -> str:
    return f"{stack}: the state that an earlier run could not write ({ERRORED_STATE}) is {what}"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
