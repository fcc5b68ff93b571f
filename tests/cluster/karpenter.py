"""A stand-in for Karpenter in a real cluster: it drains and removes the nodes of NodeClaims.

As Karpenter does, by the eviction API, so that disruption budgets are respected, and with a
finalizer that is taken off when the node is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
from httpx2 import HTTPStatusError
from lightkube.codecs import from_dict
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import create_global_resource
from lightkube.resources.core_v1 import Node, Pod, PodEviction
from lightkube.types import PatchType

from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node
from tests.cluster.background import beside
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from lightkube import Client

NodeClaim = create_global_resource("karpenter.sh", "v1", "NodeClaim", "nodeclaims")
NodePool = create_global_resource("karpenter.sh", "v1", "NodePool", "nodepools")
FINALIZER = "karpenter.sh/termination"
_LOOK_SECONDS = 0.3


def start_node(client: Client, name: str, pool: str) -> None:
    """Bring a node of a pool as Karpenter does: a claim, owned by its pool, and the Node."""
    owner = client.get(NodePool, pool)
    assert owner.metadata is not None
    client.create(
        NodeClaim.from_dict(
            {
                "apiVersion": "karpenter.sh/v1",
                "kind": "NodeClaim",
                "metadata": {
                    "name": name,
                    "finalizers": [FINALIZER],
                    "labels": {"karpenter.sh/nodepool": pool},
                    "ownerReferences": [
                        {
                            "apiVersion": "karpenter.sh/v1",
                            "kind": "NodePool",
                            "name": pool,
                            "uid": owner.metadata.uid,
                            "blockOwnerDeletion": True,
                        }
                    ],
                },
                "spec": {
                    "nodeClassRef": {
                        "group": "karpenter.k8s.aws",
                        "kind": "EC2NodeClass",
                        "name": pool,
                    },
                    "requirements": [],
                },
            }
        )
    )
    add_node(client, FakeNode(name=name, labels={"karpenter.sh/nodepool": pool}))
    client.patch(NodeClaim.Status, name, {"status": {"nodeName": name}}, patch_type=PatchType.MERGE)


def run_pod(client: Client, name: str, node: str, *, namespace: str, **labels: str) -> None:
    """Run a pod on a node and wait until it runs."""
    client.create(
        from_dict(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": name, "namespace": namespace, "labels": labels},
                "spec": {
                    "containers": [{"name": "main", "image": "example.invalid/nothing:1"}],
                    "nodeSelector": {"kubernetes.io/hostname": node},
                },
            }
        )
    )

    def runs() -> bool:
        status = client.get(Pod, name, namespace=namespace).status
        return status is not None and status.phase == "Running"

    wait_for(runs, f"pod {name} runs")


@dataclass
class Karpenter:
    """The controller.

    Attributes:
        connect: Makes its client.
        on_refused: Called with pods whose eviction a budget does not allow.
        refused: Names of those pods.
        failures: What it could not do while the cluster was there.
    """

    connect: Callable[[], AbstractContextManager[Client]]
    on_refused: Callable[[Client, Any], None] = lambda *_: None
    refused: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def at_work(self) -> AbstractContextManager[None]:
        """Let it work on a thread of its own until the context is left."""
        return beside(self._run, seconds=60)

    def _run(self, ends: threading.Event) -> None:
        with self.connect() as client:
            while not ends.wait(_LOOK_SECONDS):
                try:
                    self._look(client)
                except httpx2.TransportError:
                    continue  # the API is stopped when all is destroyed
                except HTTPStatusError as error:
                    if error.response.status_code != 404:  # in the end the kind is gone too
                        self.failures.append(error)

    def _look(self, client: Client) -> None:
        for claim in list(client.list(NodeClaim)):
            assert claim.metadata is not None
            if claim.metadata.deletionTimestamp and claim.metadata.finalizers:
                self._remove(client, str(claim.metadata.name))

    def _remove(self, client: Client, name: str) -> None:
        held = [
            pod for pod in client.list(Pod, namespace="*") if pod.spec and pod.spec.nodeName == name
        ]
        for pod in held:
            self._evict(client, pod)
        if held:
            return
        client.delete(Node, name)
        client.patch(
            NodeClaim, name, {"metadata": {"finalizers": None}}, patch_type=PatchType.MERGE
        )

    def _evict(self, client: Client, pod: Pod) -> None:
        assert pod.metadata is not None
        place = {"name": pod.metadata.name, "namespace": pod.metadata.namespace}
        try:
            client.create(PodEviction.from_dict({"metadata": place}), **place)
        except ApiError as error:
            if error.status.code == 404:
                return
            if error.status.code != 429:
                raise
            self.refused.append(str(pod.metadata.name))
            self.on_refused(client, pod)
