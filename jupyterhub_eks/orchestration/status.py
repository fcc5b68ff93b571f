"""Use case ``status``: reads the record and the state files, calls nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks import ordering
from jupyterhub_eks.orchestration import keeping, lock
from jupyterhub_eks.orchestration.deployed import lost_state, state_of
from jupyterhub_eks.orchestration.files import STACK_FILE, digest
from jupyterhub_eks.orchestration.not_installed import count_resources, not_installed_in
from jupyterhub_eks.orchestration.record import Record, StackRecord, read_record
from jupyterhub_eks.orchestration.record_store import stacks_by_state
from jupyterhub_eks.orchestration.reports import StackState, StackStatus, StatusReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.workspace import Workspace


def status(workspace: Workspace, target_instance_id: str = "") -> StatusReport:
    """Say what is deployed.

    Args:
        workspace: Where the deployment keeps its files.
        target_instance_id: Identity of the running embedded AWS; empty: not running, or
            the target is AWS.

    Raises:
        StateError: The record or a state file cannot be read.
    """
    record = read_record(workspace.record)
    missing = record is None
    if record is None:
        stacks = stacks_by_state(workspace)
        record = Record(deployment=workspace.name, target=workspace.target, stacks=stacks)
    order = ordering.order({name: each.depends_on for name, each in record.deployed.items()})
    lost = _is_lost(record, target_instance_id)
    return StatusReport(
        deployment=record.deployment,
        target=record.target,
        stacks=(
            *(_line(workspace, name, record.stacks[name], lost=lost) for name in order),
            *(_missing(workspace, record) if order else ()),
        ),
        kept=keeping.as_resources(record.kept),
        interrupted=_without_record(record) if missing else _interrupted(workspace, record),
    )


def _missing(workspace: Workspace, record: Record) -> Iterator[StackStatus]:
    """Yield the stacks that were synthesized and are not deployed, beside others that are."""
    for path in sorted(workspace.terraform.glob(f"stacks/*/{STACK_FILE}")):
        name = path.parent.name
        if name not in record.stacks:
            yield StackStatus(stack=name, state="absent", resources=0, detail="not deployed")


def _is_lost(record: Record, instance_id: str) -> bool:
    return bool(record.instance_id and instance_id and record.instance_id != instance_id)


def _line(workspace: Workspace, name: str, stack: StackRecord, *, lost: bool) -> StackStatus:
    found = state_of(workspace, name)
    resources = stack.resources if found is None else count_resources(found.resources)
    missing = not_installed_in(found.resources) if found else {}
    state, detail = _judge(workspace, name, stack)
    if lost:
        detail = "was deployed on an embedded AWS that is gone; run `jhub local reset`"
    return StackStatus(
        stack=name,
        state=state,
        resources=resources,
        updated=stack.updated,
        detail=detail,
        not_installed=tuple(missing.values()),
    )


def _judge(workspace: Workspace, name: str, stack: StackRecord) -> tuple[StackState, str]:
    if lost := lost_state(workspace, name, stack):
        return "failed", f"{lost.message}: `{workspace.typed('plan')}` says what to do"
    if stack.state == "failed":
        return "failed", stack.detail
    if stack.state == "started":
        return "partial", "the deploy of this stack has not finished"
    if stack.state == "destroying":
        return "partial", "the destroy of this stack has not finished"
    directory = workspace.stack_dir(name)
    if stack.digest and (directory / STACK_FILE).exists() and digest(directory) != stack.digest:
        return "changed", "the synthesized files differ from what was applied"
    return "applied", ""


def _without_record(record: Record) -> str:
    count = len(record.stacks)
    if not count:
        return ""
    states = "the state of 1 stack was" if count == 1 else f"the states of {count} stacks were"
    return f"the record is missing; {states} found, and the next deploy or destroy goes by them"


def _interrupted(workspace: Workspace, record: Record) -> str:
    if record.command is None:
        return ""
    command = f"{record.command.name} (since {record.command.since})"
    if lock.is_held(workspace.lock):
        return f"{command} is running as process {record.command.pid}"
    return f"{command} was interrupted; run it again to continue"
