"""A Kubernetes API in memory, with a stand-in for Karpenter that can be absent or held up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases.merging import merge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.cluster_port import ClusterObject, Kind

Key = tuple[str, str]


@dataclass
class FakeCluster:
    """``cluster_port.ClusterApi``; an object with finalizers stays until they are taken off.

    Attributes:
        objects: Objects by kind and path.
        calls: What was asked for, in order.
        ticks: Called on every ``list``, as controllers would act meanwhile.
        unknown: Plurals that the API does not know.
    """

    objects: dict[Key, ClusterObject] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    ticks: list[Callable[[FakeCluster], None]] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def put(self, plural: str, found: ClusterObject) -> None:
        """Create or replace an object."""
        self.objects[(plural, found.path)] = found

    def of(self, plural: str) -> list[ClusterObject]:
        """Return the objects of a kind."""
        return [each for (kind, _), each in self.objects.items() if kind == plural]

    def finish(self, plural: str, path: str) -> None:
        """Take the finalizers of an object off; one that is going is gone then."""
        found = replace(self.objects[(plural, path)], finalizers=())
        if found.is_going:
            del self.objects[(plural, path)]
        else:
            self.put(plural, found)

    def list(
        self, kind: Kind, *, namespace: str = "", labels: Mapping[str, str] | None = None
    ) -> tuple[ClusterObject, ...]:
        """Let the controllers act, then return the objects."""
        for tick in list(self.ticks):
            tick(self)
        if kind.plural in self.unknown:
            return ()
        return tuple(
            each
            for each in self.of(kind.plural)
            if (not namespace or each.namespace == namespace)
            and all(each.labels.get(key) == value for key, value in (labels or {}).items())
        )

    def delete(self, kind: Kind, found: ClusterObject) -> None:
        """Delete an object, or mark it as going while finalizers hold it."""
        self.calls.append(f"delete {kind.plural} {found.path}")
        present = self.objects.get((kind.plural, found.path))
        if present is None:
            return
        if present.finalizers:
            self.put(kind.plural, replace(present, is_going=True))
        else:
            del self.objects[(kind.plural, found.path)]

    def merge(self, kind: Kind, found: ClusterObject, changes: Mapping[str, Any]) -> None:
        """Lay changes over the object that is there."""
        self.calls.append(f"merge {kind.plural} {found.path}")
        present = self.objects[(kind.plural, found.path)]
        self.put(kind.plural, _with_body(present, merge(present.body, changes)))

    def apply(
        self, kind: Kind, found: ClusterObject, body: Mapping[str, Any], manager: str
    ) -> None:
        """Lay the object over the one that is there, and remember in whose name."""
        self.calls.append(f"apply {kind.plural} {found.path} as {manager}")
        present = self.objects[(kind.plural, found.path)]
        self.put(kind.plural, _with_body(present, merge(present.body, body)))

    def scale(self, namespace: str, deployment: str, replicas: int) -> bool:
        """Note the call."""
        self.calls.append(f"scale {namespace}/{deployment} {replicas}")
        return True


def _with_body(found: ClusterObject, body: dict[str, Any]) -> ClusterObject:
    annotations = body.get("metadata", {}).get("annotations") or {}
    return replace(found, body=body, annotations={**found.annotations, **annotations})
