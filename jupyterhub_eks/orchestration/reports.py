"""What a use case returns, and what it is asked; plain values for text and ``--json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.orchestration.changes import ResourceDetail
    from jupyterhub_eks.orchestration.release_details import ReleaseDetail
    from jupyterhub_eks.ports import PlannedChange, Resource

StackState = Literal["absent", "partial", "applied", "changed", "failed"]


@dataclass(frozen=True, kw_only=True)
class StackNode:
    """A synthesized stack: name, folder, direct dependencies, number of resources."""

    name: str
    directory: Path
    depends_on: tuple[str, ...]
    resources: int


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """The plan of one stack.

    Attributes:
        changes: Resources that would change; empty with ``waits_for`` empty means none.
        waits_for: Upstream stacks without state; then there is no plan yet, and
            ``resources`` says how many the stack declares.
        may_change_after: Upstream stacks with changes of their own; this plan was made
            on their present outputs and is made again once they are applied.
        removed: The stack is deployed but no longer configured; ``changes`` destroy it.
        details: What changes inside each resource that is updated or replaced.
        releases: What happens to each Helm release, and what changes inside it.
    """

    stack: str
    changes: tuple[PlannedChange, ...] = ()
    waits_for: tuple[str, ...] = ()
    resources: int = 0
    may_change_after: tuple[str, ...] = ()
    removed: bool = False
    details: tuple[ResourceDetail, ...] = ()
    releases: tuple[ReleaseDetail, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanReport:
    """Plans of all stacks in order; ``kept`` survives (destroy) or is adopted (deploy)."""

    deployment: str
    stacks: tuple[StackPlan, ...]
    kept: tuple[Resource, ...] = ()
    unapplied: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_changes(self) -> bool:
        """Whether anything would be created, changed or removed."""
        return any(plan.changes or plan.waits_for for plan in self.stacks)


Confirm = Callable[[PlanReport], bool]


@dataclass(frozen=True, kw_only=True)
class DeployRequest:
    """How to deploy.

    Attributes:
        only: Stacks to work on; empty means all. Their upstream stacks must be deployed.
        changed: Leave stacks alone whose files are those that were applied last.
        plan_dir: Folder made by ``plan --out``; exactly these plans are applied.
        confirm: Called once with what is known before anything changes, and again
            for a later stack whose plan removes or replaces something not shown yet.
            Always called on the thread that called the use case.
        unattended: Nobody reads the plan (``--yes``): ``confirm`` is never called, and
            each stack is planned once, when its turn comes.
    """

    confirm: Confirm
    only: tuple[str, ...] = ()
    changed: bool = False
    plan_dir: Path | None = None
    unattended: bool = False


@dataclass(frozen=True, kw_only=True)
class DestroyRequest:
    """How to destroy: ``keep_data`` keeps file system and backups for the next deploy.

    ``force_drain`` deletes the pods that hold nodes, whatever protects them.
    ``unattended`` (``--yes``): ``confirm`` is never called.
    """

    confirm: Confirm
    keep_data: bool
    force_drain: bool = False
    unattended: bool = False


@dataclass(frozen=True, kw_only=True)
class StackOutcome:
    """What happened to one stack in a run.

    ``not_installed`` names chart and version of the releases whose charts cannot be reached;
    the counts leave them out.
    """

    stack: str
    result: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    not_installed: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DeployReport:
    """A finished deploy; ``outputs`` by stack, sensitive values hidden.

    ``waiting``: stacks for which the folder of reviewed plans has no plan.
    ``unapplied``: stacks that cannot be applied here, with the reason.
    """

    deployment: str
    stacks: tuple[StackOutcome, ...]
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    log_dir: Path
    seconds: float
    waiting: tuple[str, ...] = ()
    unapplied: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DestroyReport:
    """A finished destroy: ``kept`` on purpose, ``left`` by accident."""

    deployment: str
    stacks: tuple[StackOutcome, ...]
    kept: tuple[Resource, ...]
    left: tuple[Resource, ...]
    log_dir: Path
    seconds: float


@dataclass(frozen=True, kw_only=True)
class StackStatus:
    """One line of ``jhub status``; ``updated`` is an ISO 8601 UTC time or empty.

    ``not_installed``: chart and version of releases that ``resources`` leaves out.
    """

    stack: str
    state: StackState
    resources: int
    updated: str = ""
    detail: str = ""
    not_installed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StatusReport:
    """What the record and the state files say, without calling the cloud."""

    deployment: str
    target: str
    stacks: tuple[StackStatus, ...]
    kept: tuple[Resource, ...] = ()
    interrupted: str = ""
