"""Forget a stack of which nothing is left."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.session import Session


def forget_stack(session: Session, stack: str) -> None:
    """Remove a destroyed stack from the record, then its files.

    In this order: files without a record are harmless, a record without files is not.
    The state file stays; it is empty, and its lineage and serial go on.
    """
    session.store.update(lambda record: record.without_stack(stack))
    workspace = session.ctx.workspace
    if not any(each.stack == stack for each in session.store.record.kept):
        workspace.applied_file(stack).unlink(missing_ok=True)
    for folder in (workspace.stack_dir(stack), workspace.carried_dir(stack)):
        shutil.rmtree(folder, ignore_errors=True)
