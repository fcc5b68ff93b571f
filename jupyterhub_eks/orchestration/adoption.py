"""Adopt data that an earlier destroy kept.

Terraform's ``import`` blocks stand in a file of their own beside the synthesized one,
so that the adoption is part of the plan that is shown and saved. The file is there
only until it has been applied.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration.atomic import write_atomically
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.files import ADOPT_FILE, declares, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.orchestration.record import KeptResource
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session


def prepare(session: Session, nodes: Iterable[StackNode]) -> None:
    """Write the import blocks of every stack that has kept data to adopt."""
    for node in nodes:
        kept = [each for each in session.store.record.kept if each.stack == node.name]
        if not kept:
            continue
        document = read_document(node.directory)
        present = {resource.address for resource in session.state(node.name).resources}
        for each in kept:
            if not declares(document, each.address):
                session.emit(
                    Note(text=f"{each.identifier} stays kept: {each.address} is not configured")
                )
        wanted = [
            each
            for each in kept
            if each.address not in present and declares(document, each.address)
        ]
        if wanted:
            write_imports(session, node.name, wanted)


def write_imports(session: Session, stack: str, kept: Iterable[KeptResource]) -> None:
    """Write the file with the import blocks of a stack."""
    blocks = [{"to": each.address, "id": each.identifier} for each in kept]
    path = session.ctx.workspace.stack_dir(stack) / ADOPT_FILE
    write_atomically(path, json.dumps({"import": blocks}, indent=2) + "\n")


def complete(session: Session, stack: str) -> None:
    """Forget the kept data of a stack whose state has it again."""
    (session.ctx.workspace.stack_dir(stack) / ADOPT_FILE).unlink(missing_ok=True)
    mine = [each for each in session.store.record.kept if each.stack == stack]
    if not mine:
        return
    present = {resource.address for resource in session.state(stack).resources}
    session.store.update(
        lambda record: replace(
            record,
            kept=tuple(
                each for each in record.kept if each.stack != stack or each.address not in present
            ),
        )
    )
