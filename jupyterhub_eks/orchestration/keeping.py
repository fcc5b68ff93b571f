"""Keep users' data over a destroy, or remove what an earlier destroy kept.

Kept are the file system, its access points (volumes of the hub name both), the backup
vault with its recovery points, and a key that the data is encrypted with, if the
deployment made one. They outlive the VPC: a file system needs no mount target. What is
made again without loss is destroyed: mount targets, policies, plans, roles.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration import adoption
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.files import read_document, without_resources, write_document
from jupyterhub_eks.orchestration.record import KeptResource, Record
from jupyterhub_eks.orchestration.removal import forget_stack
from jupyterhub_eks.orchestration.reports import StackPlan
from jupyterhub_eks.orchestration.stackwork import Done, Worker, timed
from jupyterhub_eks.ports import PlannedChange, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.orchestration.reports import StackOutcome
    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.orchestration.statefile import State

# Terraform type -> service and kind as the inventory calls them, and the arguments
# without which Terraform does not accept a configuration of the resource.
KEPT_TYPES: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "aws_efs_file_system": ("efs", "file-system", ()),
    "aws_efs_access_point": ("efs", "access-point", ("file_system_id",)),
    "aws_backup_vault": ("backup", "vault", ("name",)),
    "aws_kms_key": ("kms", "key", ()),
}
DATA_KINDS: Final = frozenset((service, kind) for service, kind, _ in KEPT_TYPES.values())
_DATA_STACK: Final = "storage"


def find_data(stack: str, state: State) -> tuple[KeptResource, ...]:
    """Return the resources in a stack's state that hold users' data."""
    if stack != _DATA_STACK:
        return ()
    return tuple(
        KeptResource(
            service=KEPT_TYPES[each.type][0],
            kind=KEPT_TYPES[each.type][1],
            identifier=each.id,
            stack=stack,
            address=each.address,
            arguments={name: each.attributes[name] for name in KEPT_TYPES[each.type][2]},
        )
        for each in state.resources
        if each.type in KEPT_TYPES and each.id
    )


def find_stuck(stack: str, state: State) -> tuple[KeptResource, ...]:
    """Return backup vaults whose state forbids Terraform to delete recovery points.

    ``force_destroy`` is read from the state, so that it helps only after an apply.
    """
    forbidding = {
        each.address
        for each in state.resources
        if each.type == "aws_backup_vault" and not each.attributes.get("force_destroy")
    }
    return tuple(each for each in find_data(stack, state) if each.address in forbidding)


def keep(session: Session, data: Iterable[KeptResource]) -> None:
    """Let Terraform forget the data, so that a destroy cannot reach it.

    It is recorded first: between the two steps it is known twice, never not at all.
    """
    new = tuple(data)
    identifiers = {each.identifier for each in new}

    def remember(record: Record) -> Record:
        others = tuple(each for each in record.kept if each.identifier not in identifiers)
        return replace(record, kept=others + new)

    if not new:
        return
    session.store.update(remember)
    for stack in sorted({each.stack for each in new}):
        # Its provider settings are needed again if the data is to be removed one day.
        session.remember_applied(stack)
        addresses = tuple(each.address for each in new if each.stack == stack)
        session.ctx.terraform.state_forget(session.run_of(stack), addresses)


def as_resources(kept: Iterable[KeptResource]) -> tuple[Resource, ...]:
    """Return kept data as the inventory and the reports name it."""
    return tuple(sorted(Resource(each.service, each.kind, each.identifier) for each in kept))


def is_kept(resource: Resource, kept: Iterable[KeptResource]) -> bool:
    """Return whether a resource of the inventory is kept data, or inside it."""
    ids = {each.identifier for each in kept if each.service == resource.service}
    return bool(ids & set(resource.identifier.replace(":", "/").split("/")))


def remove_kept(session: Session) -> tuple[StackOutcome, ...]:
    """Remove the data that an earlier destroy kept, and say how much of it there was.

    Its stack cannot be planned any more, for the network it stood in is gone. So each
    resource is adopted with the least configuration Terraform accepts, in the stack's
    own state, and destroyed from there.
    """
    if session.store.record.kept:
        _forget_gone(session)
    stacks = sorted({each.stack for each in session.store.record.kept})
    return tuple(timed(session, stack, partial(_remove_data, session, stack)) for stack in stacks)


def planned_removal(kept: Iterable[KeptResource]) -> tuple[StackPlan, ...]:
    """Return what :func:`remove_kept` would remove, as plans to show."""
    kept = tuple(kept)
    return tuple(
        StackPlan(
            stack=stack,
            removed=True,
            changes=tuple(
                PlannedChange(
                    address=each.address, type=each.address.partition(".")[0], actions=("delete",)
                )
                for each in kept
                if each.stack == stack
            ),
        )
        for stack in sorted({each.stack for each in kept})
    )


def _remove_data(session: Session, stack: str) -> Done:
    kept = [each for each in session.store.record.kept if each.stack == stack]
    session.restore_applied(stack)
    _write_minimal(session, stack, kept)
    worker = Worker(session=session, stack=stack, depends_on=())
    plan = session.plan_file(stack)
    if adopted := worker.plan():
        worker.apply(plan, adopted)
    adoption.complete(session, stack)
    if changes := worker.plan(destroy=True):
        worker.apply(plan, changes, destroy=True)
    forget_stack(session, stack)
    return Done(result="destroyed", changes=changes)


def _forget_gone(session: Session) -> None:
    """Forget kept data that somebody has removed meanwhile; adopting it would fail."""
    existing = session.ctx.cloud.find_resources(session.ctx.workspace.name)
    found = {(each.service, each.identifier) for each in existing}
    gone = [
        each for each in session.store.record.kept if (each.service, each.identifier) not in found
    ]
    if not gone:
        return
    for each in gone:
        session.emit(Note(text=f"{each.identifier} was kept, and does not exist any more"))
    session.store.update(
        lambda record: replace(record, kept=tuple(each for each in record.kept if each not in gone))
    )


def _write_minimal(session: Session, stack: str, kept: Sequence[KeptResource]) -> None:
    directory = session.ctx.workspace.stack_dir(stack)
    document = read_document(directory)
    present = {each.address for each in session.state(stack).resources}
    file_systems = [
        each.address for each in kept if each.address.startswith("aws_efs_file_system.")
    ]
    resources: dict[str, dict[str, Any]] = {}
    for each in kept:
        kind, _, name = each.address.partition(".")
        settings = {**each.arguments, "lifecycle": {"ignore_changes": "all"}}
        if kind == "aws_backup_vault":
            # A vault with recovery points goes only so; this is why it is not ignored.
            settings |= {"force_destroy": True, "lifecycle": {"ignore_changes": ["tags"]}}
        if kind == "aws_efs_access_point":
            settings["depends_on"] = file_systems
        resources.setdefault(kind, {})[name] = settings
    write_document(directory, {**without_resources(document), "resource": resources})
    adoption.write_imports(
        session,
        stack,
        {each.address: each.identifier for each in kept if each.address not in present},
    )
