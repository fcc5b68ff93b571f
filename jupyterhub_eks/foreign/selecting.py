"""What a server demands of its node: selectors, affinities, tolerations. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import ListNode, MapNode, Node, Scalar
from jupyterhub_eks.foreign.documents import entry_at, items_at, text_at, values_of
from jupyterhub_eks.placement import labels
from jupyterhub_eks.placement.tolerations import Toleration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import Place

# Names that Karpenter takes for each other (`NormalizedLabels` of 1.14.1).
_ALIASES: Final = {
    "beta.kubernetes.io/arch": labels.ARCH,
    "beta.kubernetes.io/os": labels.OS,
    "beta.kubernetes.io/instance-type": labels.TYPE,
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "topology.ebs.csi.aws.com/zone": "topology.kubernetes.io/zone",
    "karpenter.sh/provisioner-name": "karpenter.sh/nodepool",
}
OPERATORS: Final = frozenset({"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"})
_NUMBERED: Final = frozenset({"Gt", "Lt", "Gte", "Lte"})
_MACHINE: Final = "karpenter.k8s.aws/instance-"
_FREE: Final = frozenset(
    {
        "karpenter.sh/capacity-type",
        "topology.kubernetes.io/zone",
        "topology.k8s.aws/zone-id",
        "topology.kubernetes.io/region",
    }
)


@dataclass(frozen=True)
class Requirement:
    """A condition on one label of a node.

    Attributes:
        key: The label, by the name that Karpenter uses.
        operator: One of ``OPERATORS``.
        values: Values to compare with.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as Kubernetes writes it."""
        return {"key": self.key, "operator": self.operator, "values": list(self.values)}

    def __str__(self) -> str:
        """Return ``key: value``, as a node selector has it where it can."""
        if self.operator == "In" and len(self.values) == 1:
            return f"{self.key}: {self.values[0]}"
        values = f" {', '.join(self.values)}" if self.values else ""
        return f"{self.key} {self.operator}{values}"


@dataclass(frozen=True)
class Selection:
    """Everything that a server demands of its node.

    Attributes:
        always: Requirements that all hold.
        either: Alternatives, of which one holds with all its requirements; empty: none.
        tolerations: Taints that it bears.
    """

    always: tuple[Requirement, ...] = ()
    either: tuple[tuple[Requirement, ...], ...] = ()
    tolerations: tuple[Toleration, ...] = ()

    @property
    def alternatives(self) -> tuple[tuple[Requirement, ...], ...]:
        """All that must hold, once for each alternative."""
        return tuple((*self.always, *each) for each in self.either) or (self.always,)


def of_machine(key: str) -> bool:
    """Whether a label depends on the type of a machine alone."""
    return key.startswith(_MACHINE) or key in {labels.ARCH, labels.OS, labels.TYPE}


def of_any_node(key: str) -> bool:
    """Whether Karpenter gives every node the label, with a value that it is free to choose."""
    return key in _FREE


def normal(key: str) -> str:
    """Return the name that Karpenter uses for a label."""
    return _ALIASES.get(key, key)


def from_selector(node: Node | None) -> Iterator[tuple[Requirement, Place]]:
    """Yield the requirements of a ``nodeSelector``."""
    if isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if isinstance(entry.value, Scalar) and entry.value.value is not None:
                yield Requirement(normal(key), "In", (entry.value.text,)), entry.key_place


def from_terms(node: Node | None) -> tuple[tuple[Requirement, ...], ...]:
    """Return the alternatives of a required node affinity; one without expressions matches none."""
    return tuple(
        found
        for term in values_of(node)
        if (found := tuple(requirements(entry_at(term, "matchExpressions"))))
    )


def requirements(node: Node | None) -> Iterator[Requirement]:
    """Yield the requirements of a list of expressions, without those that make no sense."""
    for each in node.items if isinstance(node, ListNode) else ():
        requirement = written(each)
        if is_sound(requirement):
            yield requirement


def written(expression: Node) -> Requirement:
    """Return an expression as it is written, whether it makes sense or not."""
    return Requirement(
        normal(text_at(expression, "key")),
        text_at(expression, "operator"),
        tuple(v.text for v in items_at(expression, "values") if isinstance(v, Scalar)),
    )


def is_sound(requirement: Requirement) -> bool:
    """Whether Kubernetes would take a requirement."""
    if not requirement.key or requirement.operator not in OPERATORS:
        return False
    if requirement.operator in _NUMBERED:
        return len(requirement.values) == 1 and requirement.values[0].isdecimal()
    return bool(requirement.values) == (requirement.operator in {"In", "NotIn"})


def tolerations(node: Node | None) -> tuple[Toleration, ...]:
    """Return the tolerations of a list, or of a mapping's values."""
    return tuple(
        Toleration(
            text_at(each, "key"),
            text_at(each, "operator") or "Equal",
            text_at(each, "value"),
            text_at(each, "effect"),
        )
        for each in values_of(node)
        if isinstance(each, MapNode)
    )


def holds(requirement: Requirement, known: Mapping[str, str]) -> bool:
    """Whether a requirement holds for labels; what is no number is neither more nor less."""
    if requirement.operator in _NUMBERED and not known.get(requirement.key, "").isdecimal():
        return False
    return labels.unmet((requirement.as_dict(),), known) is None
