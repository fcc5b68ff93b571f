"""In place of a machine's kubelet: a Node for each machine that Karpenter has launched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import create_global_resource
from lightkube.resources.core_v1 import Node
from lightkube.types import PatchType

from tests.cluster.background import beside
from tests.cluster.controller.machines import capacity

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from lightkube import Client

NodeClaim = create_global_resource("karpenter.sh", "v1", "NodeClaim", "nodeclaims")
NodePool = create_global_resource("karpenter.sh", "v1", "NodePool", "nodepools")
NodeOverlay = create_global_resource("karpenter.sh", "v1alpha1", "NodeOverlay", "nodeoverlays")
NodeClass = create_global_resource("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses")
TYPE = "node.kubernetes.io/instance-type"
_UNREGISTERED = {"key": "karpenter.sh/unregistered", "effect": "NoExecute"}
_LOOK_SECONDS = 0.2


@dataclass
class Registrar:
    """Registers nodes, and takes startup taints off them as the EFS driver does.

    Attributes:
        connect: Makes its client.
        configs: Configurations of NVIDIA's device plugin, as installed.
        failures: What it could not do.
    """

    connect: Callable[[], AbstractContextManager[Client]]
    configs: dict[str, Any] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def at_work(self) -> AbstractContextManager[None]:
        """Let it work on a thread of its own until the context is left."""
        return beside(self._run, seconds=30)

    def _run(self, ends: threading.Event) -> None:
        with self.connect() as client:
            while not ends.wait(_LOOK_SECONDS):
                try:
                    for claim in list(client.list(NodeClaim)):
                        self._look(client, claim)
                except Exception as error:  # noqa: BLE001 - the tests look at them
                    self.failures.append(error)

    def _look(self, client: Client, claim: Any) -> None:
        status = claim.status or {}
        name = claim.metadata.name
        if name in self._known:
            if any(
                each["type"] == "Registered" and each["status"] == "True"
                for each in status.get("conditions", [])
            ):
                self._finish(client, claim)
            return
        if status.get("providerID") and not claim.metadata.deletionTimestamp:
            self._register(client, claim)
            self._known.add(name)

    def _register(self, client: Client, claim: Any) -> None:
        labels = dict(claim.metadata.labels)
        reference = claim.spec["nodeClassRef"]["name"]
        spec = client.get(NodeClass, reference).spec
        has, free = capacity(labels[TYPE], labels, spec, self.configs)
        taints = [
            *claim.spec.get("taints", []),
            *claim.spec.get("startupTaints", []),
            _UNREGISTERED,
        ]
        name = claim.metadata.name
        metadata = {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", **labels},
        }
        node_spec = {"taints": taints, "providerID": claim.status["providerID"]}
        document = {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": node_spec}
        try:
            client.create(from_dict(document))
        except ApiError as error:
            if error.status.code != 409:
                raise
        client.patch(Node.Status, name, {"status": {"capacity": has, "allocatable": free}})

    def _finish(self, client: Client, claim: Any) -> None:
        name = claim.metadata.name
        try:
            node = client.get(Node, name)
        except ApiError as error:
            if error.status.code == 404:
                return
            raise
        startup = {each["key"] for each in claim.spec.get("startupTaints", [])}
        taints = (node.spec.taints if node.spec else None) or []
        if not startup.intersection(each.key for each in taints):
            return
        kept = [each.to_dict() for each in taints if each.key not in startup]
        assert node.metadata is not None
        # Karpenter changes the list too; with the version neither undoes the other's change.
        version = {"resourceVersion": node.metadata.resourceVersion}
        patch = {"metadata": version, "spec": {"taints": kept}}
        try:
            client.patch(Node, name, patch, patch_type=PatchType.MERGE)
        except ApiError as error:
            if error.status.code != 409:
                raise
