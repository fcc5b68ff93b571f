"""States of deployed stacks as far as they lie on this machine."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration import statefile
from jupyterhub_eks.orchestration.files import backend_of, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jupyterhub_eks.orchestration.record import StackRecord
    from jupyterhub_eks.workspace import Workspace

# Terraform's own name for a state that it could not write to its place.
ERRORED_STATE: Final = "errored.tfstate"


def state_path(workspace: Workspace, stack: str) -> Path | None:
    """Return the state file of a stack, or None when a shared backend keeps it."""
    directory = workspace.stack_dir(stack)
    kind, settings = backend_of(read_document(directory))
    if kind != "local":
        return None
    path = settings.get("path")
    if not path:
        return workspace.state_file(stack)
    return Path(os.path.normpath(directory / path))  # as people would write it


def state_of(workspace: Workspace, stack: str) -> statefile.State | None:
    """Return the state of a stack, or None when a shared backend keeps it.

    Raises:
        StateError: The state file cannot be read, or is damaged; says how to mend it.
    """
    path = state_path(workspace, stack)
    if path is None:
        return None
    try:
        return statefile.read(path)
    except statefile.DamagedStateError as error:
        errored = workspace.stack_dir(stack) / ERRORED_STATE
        if readable(errored):
            error.hint = f"{errored} is whole: `{workspace.typed('plan')}` puts it in its place"
        else:
            error.hint = remedy(workspace, path)
        raise


def make_states_private(workspace: Workspace, stacks: Iterable[str]) -> None:
    """Let only their owner read the states, which hold secrets, and Terraform's copies of them.

    Terraform makes such files for everybody who can reach their folder.
    """
    paths = {path for stack in stacks if (path := state_path(workspace, stack))}
    for folder in {path.parent for path in paths} | {workspace.state_file("any").parent}:
        for each in folder.glob("*.tfstate*"):
            with suppress(OSError):  # somebody else's, or gone meanwhile
                each.chmod(0o600)


def fetch_state(
    workspace: Workspace, stack: str, pull: Callable[[str], str] | None
) -> statefile.State:
    """Return the state of a stack, from a shared backend too.

    Args:
        workspace: Where the deployment keeps its files.
        stack: Name of the stack.
        pull: Fetches the state of a stack from a shared backend, as JSON text.

    Raises:
        StateError: It cannot be read, or is on a shared backend and ``pull`` is None.
    """
    found = state_of(workspace, stack)
    if found is not None:
        return found
    if pull is None:
        raise StateError(
            f"the state of stack {stack!r} is not on this machine",
            hint=f"run `terraform output` in {workspace.stack_dir(stack)}",
        )
    return statefile.parse(pull(stack), f"of stack {stack!r}")


def readable(path: Path) -> statefile.State | None:
    """Return the state in a file if there is one, and it is whole."""
    try:
        state = statefile.read(path)
    except StateError:
        return None
    return state if state.lineage else None


def lost_state(workspace: Workspace, stack: str, recorded: StackRecord) -> StateError | None:
    """Return what to say about a recorded stack without a state; None: it has one.

    Without its state Terraform would create the stack a second time.

    Raises:
        StateError: The state is damaged.
    """
    found = state_of(workspace, stack)
    path = state_path(workspace, stack)
    if found is None or path is None or found.lineage or not recorded.resources:
        return None
    return StateError(
        f"the Terraform state of stack {stack!r} is gone",
        cause=f"{recorded.resources} resources were recorded, and {path} "
        + ("is empty" if path.exists() else "does not exist"),
        hint=remedy(workspace, path),
    )


def remedy(workspace: Workspace, path: Path) -> str:
    """Return what to do about a state file that is damaged or gone."""
    backups = [(each, found) for each in _backups(path) if (found := readable(each))]
    if not backups:
        return (
            f"bring {path} back from a backup of yours. Without it nobody knows which resources "
            f"are this stack's: `{workspace.typed('destroy')}` finds them by their tag"
        )
    best, state = max(backups, key=lambda each: (each[1].serial, len(each[1].resources)))
    when = datetime.fromtimestamp(best.stat().st_mtime, UTC)
    return (
        f"Terraform's backup of {when:%Y-%m-%d %H:%M} UTC is whole: serial {state.serial}, "
        f"{len(state.resources)} resources. It does not know what was created since. If you have "
        f"nothing newer:\ncp {shlex.quote(str(best))} {shlex.quote(str(path))}\n"
        f"and run `{workspace.typed('plan')}`"
    )


def _backups(path: Path) -> Iterator[Path]:
    """Yield what Terraform keeps beside a state: before a run, and before ``state`` commands."""
    yield from path.parent.glob(f"{path.name}.backup")
    yield from path.parent.glob(f"{path.name.removesuffix('.tfstate')}.tfstate.*.backup")
