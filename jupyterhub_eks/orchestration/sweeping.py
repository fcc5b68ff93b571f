"""What carries the deployment's tag and is in no state of Terraform's, and its removal.

A run that was cut short leaves such things, and so does the loss of a state. They are looked
for before Terraform destroys, because some hold on to what it destroys (a node group to its
cluster), and once more before the network goes. What is left at the end is removed too.
Data that is to be kept is never among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration import keeping
from jupyterhub_eks.orchestration.clearing import HUB, PLATFORM
from jupyterhub_eks.orchestration.deployed import lost_state
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.files import read_document
from jupyterhub_eks.orchestration.reports import StackOutcome, StackPlan
from jupyterhub_eks.ports import PlannedChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.ports import Resource

# Disks may be volumes of the hub's, which somebody's notebooks are on.
DATA_KINDS: Final = keeping.DATA_KINDS | {("ec2", "volume")}
# Made in a living cluster by its controllers too, with the deployment's tag.
_OF_CONTROLLERS: Final = frozenset(
    ("ec2", kind)
    for kind in ("instance", "launch-template", "network-interface", "security-group", "volume")
)
# With the cluster go its parts. EKS makes an entry itself, for who created the cluster: without
# it nobody could stop servers and nodes in it any more, nor could Karpenter without its role.
_CLUSTER: Final = frozenset(
    ("eks", kind)
    for kind in ("access-entry", "addon", "cluster", "node-group", "pod-identity-association")
)
# A name may have several backup plans, and each of them makes backups.
_DOUBLED: Final = frozenset({("backup", "plan"), ("backup", "selection")})
# Never made by a controller, and seldom free of charge.
_COSTLY: Final = frozenset(
    {
        ("cognito-idp", "user-pool"),
        ("ec2", "elastic-ip"),
        ("ec2", "nat-gateway"),
        ("ec2", "vpc"),
        ("ec2", "vpc-endpoint"),
    }
)
_CUT_SHORT: Final = frozenset({"started", "failed"})
_PSEUDO_STACK: Final = "in no state"


@dataclass(frozen=True, kw_only=True)
class Sweeping:
    """The sweeps of one destroy, or what a deploy does of them.

    Attributes:
        session: The run.
        keep_data: Whether users' files stay.
        is_due: Whether something may be in no state: a run was cut short, or a state is lost.
        removed: What the sweeps have removed so far.
    """

    session: Session
    keep_data: bool
    is_due: bool
    removed: list[Resource] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, *, keep_data: bool) -> Sweeping:
        """Return the sweeps that are needed as things stand now."""
        workspace, deployed = session.ctx.workspace, session.store.record.deployed
        is_due = any(
            session.known(name).state in _CUT_SHORT or lost_state(workspace, name, each)
            for name, each in deployed.items()
        )
        return cls(session=session, keep_data=keep_data, is_due=is_due)

    def planned(self) -> tuple[StackPlan, ...]:
        """Return what the sweeps beside Terraform's work will remove, as a plan to show."""
        found = self._unknown() if self.is_due else ()
        return as_plan(found)

    def before(self, stacks: Iterable[str]) -> None:
        """Remove what may hold on to something that Terraform is about to destroy."""
        if not self.is_due:
            return
        # Nodes go before their cluster, which the stacks in it see to.
        spared = _OF_CONTROLLERS | (_CLUSTER if {HUB, PLATFORM} & set(stacks) else set())
        self.remove(each for each in self._unknown() if (each.service, each.kind) not in spared)

    def before_stack(self, stack: str) -> None:
        """Remove what may be left in the network before the network's stack is destroyed."""
        document = read_document(self.session.ctx.workspace.stack_dir(stack))
        if self.is_due and "aws_vpc" in document.get("resource", {}):
            self.remove(self._unknown())

    def after_deploy(self) -> None:
        """Remove what was made twice, and tell of what else an interrupted run left.

        The rest may be in use by something that no state knows; only a destroy removes it.
        """
        if not self.is_due:
            return
        unknown = self._unknown()
        self.remove(each for each in unknown if (each.service, each.kind) in _DOUBLED)
        for each in unknown:
            if (each.service, each.kind) in _COSTLY:
                text = f"{_named(each)} is left from an interrupted run; a destroy removes it"
                self.session.emit(Note(text=text))

    def remove(self, resources: Iterable[Resource]) -> None:
        """Remove resources, telling of each, and of those that stay."""
        session = self.session

        def tell(resource: Resource) -> None:
            self.removed.append(resource)
            session.emit(Note(text=f"removed {_named(resource)}, which no state knew"))
            session.ctx.interrupt.check()

        chosen = tuple(resources)
        if not chosen:
            return
        name, check = session.ctx.workspace.name, session.ctx.interrupt.check
        staying = session.ctx.cloud.remove(name, chosen, tell, check)
        for resource, reason in staying.items():
            session.emit(Note(text=f"{_named(resource)} stays: {reason}"))

    def outcomes(self) -> tuple[StackOutcome, ...]:
        """Return what was removed, as the outcome of a stack of its own."""
        count = len(self.removed)
        outcome = StackOutcome(stack=_PSEUDO_STACK, result="destroyed", removed=count)
        return (outcome,) if count else ()

    def removable(self, left: Iterable[Resource]) -> tuple[Resource, ...]:
        """Return those of what is left that carry the tag and are not to be kept."""
        owned = set(self.session.ctx.cloud.find_owned(self.session.ctx.workspace.name))
        return tuple(each for each in left if each in owned and not self.is_data(each))

    def is_data(self, resource: Resource) -> bool:
        """Return whether a resource may hold users' files that are to be kept."""
        return self.keep_data and (resource.service, resource.kind) in DATA_KINDS

    def _unknown(self) -> tuple[Resource, ...]:
        record = self.session.store.record
        known = {text for name in record.deployed for text in _texts_of(self.session, name)}
        found = self.session.ctx.cloud.find_owned(self.session.ctx.workspace.name)
        return tuple(
            each
            for each in found
            if not known & _spellings(each)
            and not self.is_data(each)
            and not keeping.is_kept(each, record.kept)
        )


def as_plan(resources: Iterable[Resource]) -> tuple[StackPlan, ...]:
    """Return resources that are in no state as a plan that removes them."""
    changes = tuple(
        PlannedChange(
            address=each.identifier, type=f"{each.service} {each.kind}", actions=("delete",)
        )
        for each in resources
    )
    return (StackPlan(stack=_PSEUDO_STACK, changes=changes, removed=True),) if changes else ()


def _named(resource: Resource) -> str:
    return f"{resource.service} {resource.kind} {resource.identifier}"


def _spellings(resource: Resource) -> frozenset[str]:
    """Return how a state may name a resource of the inventory."""
    whole = resource.identifier
    _, _, part = whole.partition("/")
    return frozenset({whole, whole.replace("/", ":", 1), part} - {""})


def _texts_of(session: Session, stack: str) -> Iterator[str]:
    for resource in session.state(stack).resources:
        yield from _texts(resource.attributes)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
