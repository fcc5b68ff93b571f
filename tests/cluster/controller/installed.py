"""A deployment whose pools Karpenter knows: servers are started in it, and what comes is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import Event, Pod

from jupyterhub_eks.releases import labels
from tests.cluster.controller.furnishing import KINDS, NAMESPACE
from tests.cluster.controller.registering import NodeClaim
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lightkube import Client

    from tests.cluster.controller.ec2 import Ec2
    from tests.cluster.controller.registering import Registrar

_PROBES = 20
_PROBE = {
    "nodeSelector": {labels.POOL: "nowhere"},
    "tolerations": [{"operator": "Exists"}],
    "containers": [{"name": "main", "image": "example.invalid/x:1"}],
}


@dataclass
class Lab:
    """A deployment whose pools Karpenter knows.

    Attributes:
        client: An administrator.
        ec2: The emulated EC2.
        registrar: Registers the nodes.
    """

    client: Client
    ec2: Ec2
    registrar: Registrar = field(repr=False)

    def install(self, objects: Sequence[dict[str, Any]], unknown: Collection[str]) -> None:
        """Create the objects, kind by kind, each when the one before is ready.

        Karpenter evaluates all pools for each change of an overlay, and with growing pauses
        where a class was not ready; so overlays come before pools, as Helm sorts them.
        """
        for kind in ("EC2NodeClass", "NodeOverlay", "NodePool"):
            for each in objects:
                named = each["metadata"]["name"].rpartition("-gpu")[0].rpartition("-")[0]
                if each["kind"] == kind and not (kind == "NodeOverlay" and named in unknown):
                    self.client.create(from_dict(each))
            wait_for(lambda: not self.unready(), f"Karpenter takes each {kind}", 60)

    def unready(self) -> dict[str, list[str]]:
        """Return, by object, which conditions are not True, with what they say."""
        found = {}
        for kind in KINDS:
            for each in self.client.list(kind):
                status = each.status or {}
                conditions = {one["type"]: one for one in status.get("conditions", [])}
                # Known only once a node has joined.
                conditions.pop("NodeRegistrationHealthy", None)
                bad = [
                    f"{name}: {one['status']} {one.get('message', '')}"
                    for name, one in conditions.items()
                    if one["status"] != "True"
                ]
                if bad or "Ready" not in conditions:
                    found[f"{type(each).__name__} {each.metadata.name}"] = bad
        return found

    def start(self, pods: Sequence[dict[str, Any]]) -> list[str]:
        """Create pods; return their names."""
        for pod in pods:
            document = {"apiVersion": "v1", "kind": "Pod", **pod}
            document["metadata"] = {**document["metadata"], "namespace": NAMESPACE}
            self.client.create(from_dict(document))
        return [pod["metadata"]["name"] for pod in pods]

    def stop(self, names: Sequence[str]) -> None:
        """Delete pods."""
        for name in names:
            self.client.delete(Pod, name, namespace=NAMESPACE)

    def nodes_of(self, names: Sequence[str], seconds: float = 60.0) -> dict[str, str]:
        """Wait until all these pods run; return the node of each."""
        try:
            wait_for(lambda: len(self._running(names)) == len(names), "pods run", seconds)
        except AssertionError as error:
            waiting = set(names) - self._running(names).keys()
            said = {name: self.events(name) for name in waiting}
            raise AssertionError(f"{error}: {said}") from None
        return self._running(names)

    def _running(self, names: Sequence[str]) -> dict[str, str]:
        return {
            str(pod.metadata.name): str(pod.spec.nodeName)
            for pod in self.client.list(Pod, namespace=NAMESPACE)
            if pod.metadata
            and pod.metadata.name in names
            and pod.spec
            and pod.spec.nodeName
            and pod.status
            and pod.status.phase == "Running"
        }

    def claims(self) -> dict[str, Any]:
        """Return the NodeClaims by name."""
        return {each.metadata.name: each for each in self.client.list(NodeClaim)}

    def claims_of(self, pool: str) -> list[Any]:
        """Return a pool's NodeClaims."""
        return [
            each
            for each in self.claims().values()
            if each.metadata.labels["karpenter.sh/nodepool"] == pool
        ]

    def wait_for_scheduling(self, pools: Collection[str]) -> None:
        """Return when Karpenter has evaluated these pools; before, it knows nothing of them.

        It tells each pod a reason once in five minutes, so each look takes a pod of its own.
        """
        for number in range(_PROBES):
            name = f"probe-{number}"
            self.start([{"metadata": {"name": name}, "spec": _PROBE}])
            text = self.refusal(name)
            self.stop([name])
            missing = [
                each for each in pools if f"[{each}]" not in text and f"={each})" not in text
            ]
            if not missing:
                return
        raise AssertionError(f"Karpenter does not evaluate {missing}")

    def refusal(self, name: str, source: str = "karpenter", seconds: float = 30.0) -> str:
        """Wait for the event that says why a pod cannot be placed; return its message."""
        found: list[str] = []

        def look() -> bool:
            found[:] = [
                text
                for by, reason, text in self.events(name)
                if by == source and reason == "FailedScheduling"
            ]
            return bool(found)

        wait_for(look, lambda: f"{source} says why {name} waits: {self.events(name)}", seconds)
        return found[-1]

    def events(self, name: str) -> list[tuple[str, str, str]]:
        """Return who says what about a pod: component, reason, message."""
        fields = {"involvedObject.name": name}
        return [
            (
                (each.source.component if each.source else "") or each.reportingComponent or "",
                each.reason or "",
                each.message or "",
            )
            for each in self.client.list(Event, namespace=NAMESPACE, fields=fields)
        ]
