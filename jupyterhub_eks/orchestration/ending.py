"""How a run ended, for whoever could not see it: the terminal was closed, or nobody watched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.orchestration.record import now

if TYPE_CHECKING:
    from jupyterhub_eks.errors import DeployerError
    from jupyterhub_eks.orchestration.session import Session

RUN_LOG: Final = "run.log"


def note_end(session: Session, error: DeployerError) -> None:
    """Append to the run's log what it ended with, and which signals asked it to stop."""
    lines = [f"{now()} jhub {session.command} of {session.ctx.workspace.name}"]
    if signals := session.ctx.interrupt.by:
        closed = "; the terminal was closed" if "SIGHUP" in signals else ""
        lines.append(f"asked to stop by {', '.join(signals)}{closed}")
    lines += [error.message, error.cause, error.hint]
    try:
        session.log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(session.log_dir / RUN_LOG, flags, 0o600), "w") as log:
            log.write("\n".join(filter(None, lines)) + "\n")
    except OSError as second:  # the error itself matters more than this copy of it
        error.add_note(f"{session.log_dir / RUN_LOG} was not written: {second}")
