"""Nodes without machines: they take pods, which kwok reports as running."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.cluster.components import FAKE_NODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lightkube import Client

# An m7i.large: 2 vCPU, 8 GiB, 29 pods (facts 4.1), as a system node has it.
_CAPACITY: Final = {"cpu": "2", "memory": "8Gi", "pods": "29", "ephemeral-storage": "50Gi"}
_MANAGER: Final = "jhub"


@dataclass(frozen=True, kw_only=True)
class FakeNode:
    """A node to be made.

    Attributes:
        capacity: What it offers, by resource name, as Kubernetes quantities.
        labels: On top of host name, system and architecture.
        taints: Key, value, effect.
        provider_id: As a cloud would name the machine; empty: none.
    """

    name: str
    capacity: Mapping[str, str] = field(default_factory=lambda: dict(_CAPACITY))
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[tuple[str, str, str], ...] = ()
    provider_id: str = ""

    def document(self) -> dict[str, Any]:
        """Return the Node without its status."""
        key, value = FAKE_NODE.split("=")
        spec: dict[str, Any] = {
            "taints": [
                {"key": each, "value": text, "effect": effect} for each, text, effect in self.taints
            ]
        }
        if self.provider_id:
            spec["providerID"] = self.provider_id
        labels = {
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            **self.labels,
        }
        metadata = {"name": self.name, "annotations": {key: value}, "labels": labels}
        return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec}


def connect(kubeconfig: Path) -> Client:
    """Return a client of the control plane that no proxy setting has a say in."""
    from lightkube import Client, KubeConfig  # noqa: PLC0415 - slow to load, seldom needed

    return Client(config=KubeConfig.from_file(kubeconfig), field_manager=_MANAGER, trust_env=False)


def add_node(client: Client, node: FakeNode) -> None:
    """Make a node or change one to what is asked for; kwok lets it become Ready.

    Raises:
        lightkube.ApiError: The API refuses it.
    """
    from lightkube.codecs import from_dict  # noqa: PLC0415 - as above
    from lightkube.resources.core_v1 import Node  # noqa: PLC0415 - as above

    client.apply(from_dict(node.document()), force=True)
    amounts = dict(node.capacity)
    client.patch(Node.Status, node.name, {"status": {"capacity": amounts, "allocatable": amounts}})
