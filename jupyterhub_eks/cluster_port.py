"""What the orchestration needs of a Kubernetes API, as a protocol.

``kube`` implements it with a real client; tests put a fake in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Attributes:
        group: API group; empty for the core group.
        version: Version of the group, e.g. ``v1``.
        kind: Name of the kind, e.g. ``NodePool``.
        plural: Its name in addresses, e.g. ``nodepools``.
        namespaced: Whether objects live in a namespace.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True


@dataclass(frozen=True, kw_only=True)
class ClusterObject:
    """An object as the API returns it.

    Attributes:
        namespace: Empty for objects of the whole cluster.
        labels: Labels.
        annotations: Annotations.
        finalizers: What must be done before the object can go.
        is_going: Whether its deletion has been asked for.
        body: The whole object.
    """

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()
    is_going: bool = False
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> str:
        """``namespace/name``, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class ClusterApi(Protocol):
    """The Kubernetes API of one cluster.

    Every method raises ``ClusterError`` when the API does not answer or refuses.
    """

    def list(
        self, kind: Kind, *, namespace: str = "", labels: Mapping[str, str] | None = None
    ) -> tuple[ClusterObject, ...]:
        """Return the objects of a kind; none too where the API does not know the kind."""

    def delete(self, kind: Kind, found: ClusterObject) -> None:
        """Ask for the deletion of an object; one that is gone already is fine."""

    def merge(self, kind: Kind, found: ClusterObject, changes: Mapping[str, Any]) -> None:
        """Lay changes over an object (RFC 7386)."""

    def apply(
        self, kind: Kind, found: ClusterObject, body: Mapping[str, Any], manager: str
    ) -> None:
        """Apply an object on the server in the name of ``manager``, whatever others say."""

    def scale(self, namespace: str, deployment: str, replicas: int) -> bool:
        """Set the replicas of a Deployment; return whether there is one."""
