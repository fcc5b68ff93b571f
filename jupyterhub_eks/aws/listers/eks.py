"""EKS: clusters and everything that lives inside one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield the cluster and its parts; a cluster's name is the deployment's."""
    client = clients.get("eks")
    for name in items(client, "list_clusters", "clusters"):
        if owner.cluster is not None and name != owner.cluster:
            continue
        tags = client.describe_cluster(name=name)["cluster"].get("tags", {})
        if owner.cluster is not None or owner.owns(tags):
            yield Resource("eks", "cluster", name)
            yield from _parts(client, name)


def _parts(client: Any, cluster: str) -> Iterator[Resource]:
    for group in items(client, "list_nodegroups", "nodegroups", clusterName=cluster):
        yield Resource("eks", "node-group", f"{cluster}/{group}")
    for addon in items(client, "list_addons", "addons", clusterName=cluster):
        yield Resource("eks", "addon", f"{cluster}/{addon}")
    for entry in items(client, "list_access_entries", "accessEntries", clusterName=cluster):
        yield Resource("eks", "access-entry", f"{cluster}/{entry}")
    for association in items(
        client, "list_pod_identity_associations", "associations", clusterName=cluster
    ):
        identifier = f"{cluster}/{association['associationId']}"
        yield Resource("eks", "pod-identity-association", identifier)
