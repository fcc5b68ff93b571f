"""What exists of a deployment that nothing here knows: its kept data, or somebody else's work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import RefusedError
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.finding import find_unknown
from jupyterhub_eks.orchestration.keeping import DATA_KINDS, KEPT_TYPES
from jupyterhub_eks.orchestration.record import KeptResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import Resource

_NAMED: Final = 3


def look_around(session: Session, nodes: Sequence[StackNode]) -> None:
    """Look in the account before a deployment is made of which this machine knows nothing.

    Data that a destroy kept is noted as kept, though its record is lost. It counts as kept
    only where nothing else is left: a file system in use has mount targets.

    Raises:
        RefusedError: More than data exists. It was deployed from another folder or machine;
            a second deployment of the name would get into its way and take over its parts.
    """
    knows = session.store.exists or session.store.record.kept
    if knows or any(session.known(node.name).state != "absent" for node in nodes):
        return
    name = session.ctx.workspace.name
    owned = session.ctx.cloud.find_owned(name)
    others = [each for each in owned if (each.service, each.kind) not in DATA_KINDS]
    if others:
        raise RefusedError(
            f"{_counted(len(others))} of a deployment {name!r} exist already, "
            "and nothing here knows of them",
            cause=f"they carry its tag: {_listed(others)}",
            hint="work from the folder or machine it was deployed from, or choose another `name`; "
            f"if that folder is lost, `{session.ctx.workspace.typed('destroy')}` removes them",
        )
    if not owned:
        return
    kept = tuple(each for node in nodes for each in _kept(session, node))
    session.store.assume(lambda record: replace(record, kept=kept))
    if kept:
        named = ", ".join(each.identifier for each in kept)
        session.emit(Note(text=f"found data that an earlier destroy kept; taking back {named}"))


def _kept(session: Session, node: StackNode) -> Iterator[KeptResource]:
    for address, found in find_unknown(session, node).items():
        kind = address.partition(".")[0]
        if kind not in KEPT_TYPES:
            continue
        service, name, arguments = KEPT_TYPES[kind]
        yield KeptResource(
            service=service,
            kind=name,
            identifier=found.identifier,
            stack=node.name,
            address=address,
            arguments={key: found.settings[key] for key in arguments},
        )


def _counted(count: int) -> str:
    return "1 resource" if count == 1 else f"{count} resources"


def _listed(resources: Iterable[Resource]) -> str:
    texts = [f"{each.service} {each.kind} {each.identifier}" for each in resources]
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more
