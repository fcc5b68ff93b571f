"""Save the state that Terraform could write nowhere and printed instead."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.replacing import replace_file
from jupyterhub_eks.tools.capture import EMERGENCY_DUMP
from jupyterhub_eks.tools.terraform_output import parse_line

# Terraform's own name for it, in the folder it runs in; the next run puts it in place.
ERRORED_STATE: Final = "errored.tfstate"


def dumped_state(output: str) -> str:
    """Return the state in what ``terraform apply -json`` printed; empty if there is none."""
    for line in output.splitlines():
        if EMERGENCY_DUMP in line:
            state = (parse_line(line) or {}).get("state")
            if isinstance(state, dict):
                return json.dumps(state, indent=2) + "\n"
    return ""


def save(state: str, directory: Path, what: str, log: Path) -> StateError:
    """Put the state into a file and return the error that says what to do.

    Args:
        state: Text of the state.
        directory: Folder of the stack; where it has no room, the folder for temporary
            files is taken.
        what: The operation and the stack, e.g. ``terraform apply of stack 'network'``.
        log: File with Terraform's output.
    """
    wanted = directory / ERRORED_STATE
    settings: dict[str, Any] = {
        "cause": "Terraform could not write its state: the disk is full, or not writable",
        "log": str(log),
    }
    try:
        replace_file(wanted, state.encode(), durable=True)
    except OSError:
        wanted.unlink(missing_ok=True)  # half of it, as Terraform left it
    else:
        return StateError(
            f"{what} could not save its state",
            hint="make room, then run the same command again: it puts the state in place that "
            f"was saved as {wanted}",
            **settings,
        )
    try:
        saved = _save_elsewhere(state)
    except OSError as error:
        return StateError(
            f"{what} could not save its state, and no other place took it either",
            hint="make room and run the same command again; what it made in vain is found by its "
            f"tag and listed by `jhub destroy` ({error})",
            **settings,
        )
    return StateError(
        f"{what} could not save its state",
        hint=f"make room, then: mv {saved} {wanted}\nand run the same command again: it puts "
        "that state in place",
        **settings,
    )


def _save_elsewhere(state: str) -> Path:
    handle, path = tempfile.mkstemp(prefix="jhub-errored-", suffix=".tfstate")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(state)
    except OSError:
        Path(path).unlink(missing_ok=True)
        raise
    return Path(path)
