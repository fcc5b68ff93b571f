"""Adopt data that an earlier destroy kept, and what an interrupted run left behind.

Terraform's ``import`` blocks stand in a file of their own beside the synthesized one,
so that the adoption is part of the plan that is shown and saved. The file is there
only until it has been applied.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import RefusedError
from jupyterhub_eks.orchestration.atomic import write_atomically
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.files import ADOPT_FILE, declares, read_document
from jupyterhub_eks.orchestration.finding import find_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import PlannedChange

# How a stack stands whose last apply did not come to its end.
_CUT_SHORT: Final = frozenset({"started", "failed"})
_NAMED: Final = 3


def prepare(session: Session, nodes: Iterable[StackNode]) -> None:
    """Write the import blocks of every stack that has something to adopt."""
    for node in nodes:
        imports = _kept_imports(session, node)
        if session.known(node.name).state in _CUT_SHORT:
            found = _found_imports(session, node)
            _tell(session, [address for address in found if address not in imports])
            imports = found | imports
        if imports:
            write_imports(session, node.name, imports)


def prepare_again(session: Session, node: StackNode) -> bool:
    """Write import blocks after a create failed because something exists; say if there are any."""
    imports = _found_imports(session, node)
    _tell(session, list(imports))
    if imports:
        write_imports(session, node.name, imports)
    return bool(imports)


def _found_imports(session: Session, node: StackNode) -> dict[str, str]:
    return {address: each.identifier for address, each in find_unknown(session, node).items()}


def _kept(session: Session, node: StackNode) -> dict[str, str]:
    return {
        each.address: each.identifier
        for each in session.store.record.kept
        if each.stack == node.name
    }


def _kept_imports(session: Session, node: StackNode) -> dict[str, str]:
    kept = _kept(session, node)
    if not kept:
        return {}
    document = read_document(node.directory)
    present = {resource.address for resource in session.state(node.name).resources}
    for address, identifier in kept.items():
        if not declares(document, address):
            session.emit(Note(text=f"{identifier} stays kept: {address} is not configured"))
    return {
        address: identifier
        for address, identifier in kept.items()
        if address not in present and declares(document, address)
    }


def _tell(session: Session, addresses: Sequence[str]) -> None:
    if not addresses:
        return
    count = len(addresses)
    what = "1 resource" if count == 1 else f"{count} resources"
    named = ", ".join(addresses[:_NAMED]) + (" and others" if count > _NAMED else "")
    text = f"found {what} of this deployment from an interrupted run; taking back {named}"
    session.emit(Note(text=text))


def write_imports(session: Session, stack: str, imports: Mapping[str, str]) -> None:
    """Write the file with the import blocks of a stack.

    Args:
        session: The run.
        stack: Name of the stack.
        imports: Import ids by address.
    """
    blocks = [{"to": address, "id": identifier} for address, identifier in imports.items()]
    path = session.ctx.workspace.stack_dir(stack) / ADOPT_FILE
    write_atomically(path, json.dumps({"import": blocks}, indent=2) + "\n")


def refuse_replacement(session: Session, stack: str, changes: Iterable[PlannedChange]) -> None:
    """Refuse a plan that would adopt something only to make it anew.

    Raises:
        RefusedError: It would.
    """
    imports = _read_imports(session, stack)
    for change in changes:
        if change.address in imports and "delete" in change.actions:
            raise RefusedError(
                f"{change.address} exists ({imports[change.address]}), and taking it back would "
                "replace it",
                cause="it differs from the configuration in something that cannot be changed; "
                "whatever uses it would lose it",
                hint="undo what was changed in the configuration since it was made, or remove it "
                "by hand; then run the same command again",
            )


def _read_imports(session: Session, stack: str) -> dict[str, str]:
    path = session.ctx.workspace.stack_dir(stack) / ADOPT_FILE
    if not path.exists():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    return {block["to"]: block["id"] for block in document["import"]}


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
