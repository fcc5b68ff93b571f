"""What is in a cluster before Karpenter comes, and what is taken out when it has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict, load_all_yaml
from lightkube.core.exceptions import ApiError
from lightkube.resources.core_v1 import Event, Node, Pod
from lightkube.types import PatchType

from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.releases import labels
from tests.cluster.controller import daemonsets
from tests.cluster.controller.registering import NodeClaim, NodeClass, NodeOverlay, NodePool
from tests.cluster.waiting import wait_for
from tests.support.hub_configuration import PRIORITY, PRIORITY_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client

    from jupyterhub_eks.local.cluster.programs import Build

NAMESPACE = labels.HUB_NAMESPACE
KINDS = (NodeClass, NodePool, NodeOverlay)
_CLAIMS = ("home", "shared")
# As chart `jupyterhub` makes it for users' servers.
_PRIORITY = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": PRIORITY_CLASS},
    "value": PRIORITY,
}


def furnish(build: Build, client: Client) -> None:
    """Bring what the releases before the pools bring: definitions, DaemonSets, volumes."""
    for path in crd_files(build):
        for definition in load_all_yaml(path.read_text(encoding="utf-8")):
            client.apply(definition, force=True)
    wait_for(lambda: all(_is_served(client, kind) for kind in (*KINDS, NodeClaim)), "kinds")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    client.apply(from_dict(namespace), force=True)
    client.apply(from_dict(_PRIORITY), force=True)
    for name in _CLAIMS:
        for document in _volume(name):
            client.apply(from_dict(document), force=True)
    daemonsets.bring(client)


def _is_served(client: Client, kind: Any) -> bool:
    try:
        list(client.list(kind))
    except ApiError as error:
        if error.status.code not in {404, 429}:  # 429: its storage is being made
            raise
        return False
    return True


def _volume(name: str) -> Iterator[dict[str, Any]]:
    """Yield a volume that all zones reach, as EFS, and the claim on it."""
    common = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            **common,
            "capacity": {"storage": "1Ti"},
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": f"fs-1::{name}"},
            "claimRef": {"namespace": NAMESPACE, "name": name},
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            **common,
            "volumeName": name,
            "resources": {"requests": {"storage": "1Ti"}},
        },
    }


def wipe(client: Client) -> None:
    """Remove a deployment's objects and nodes at once; Karpenter no longer runs."""
    client.deletecollection(Pod, namespace=NAMESPACE)
    client.deletecollection(Event, namespace=NAMESPACE)
    for kind in (NodeOverlay, NodePool, NodeClaim, NodeClass):
        client.deletecollection(kind)
    doomed = list(client.list(Node))
    for node in doomed:
        client.delete(Node, str(node.metadata.name))
    for kind in (NodePool, NodeClaim, NodeClass, Node):
        for each in list(client.list(kind)):
            _release(client, kind, each.metadata.name)
    wait_for(
        lambda: not any(list(client.list(kind)) for kind in (*KINDS, NodeClaim, Node)), "all gone"
    )


def _release(client: Client, kind: Any, name: str) -> None:
    try:
        patch = {"metadata": {"finalizers": None}}
        client.patch(kind, name, patch, patch_type=PatchType.MERGE)
    except ApiError as error:
        if error.status.code != 404:
            raise
