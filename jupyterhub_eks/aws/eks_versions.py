"""The versions of an EKS cluster, asked from EKS itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.session import explain
from jupyterhub_eks.upgrades.model import Found, NodeGroup

if TYPE_CHECKING:
    from jupyterhub_eks.aws.session import Clients


def eks_versions(clients: Clients, cluster: str) -> Found | None:
    """Return what EKS knows of a cluster; None: there is no such cluster.

    Charts and images of user nodes live in the cluster, so they are left empty.

    Raises:
        PreflightError: EKS cannot be asked.
    """
    client = clients.get("eks")
    try:
        described: dict[str, Any] = client.describe_cluster(name=cluster)["cluster"]
    except client.exceptions.ResourceNotFoundException:
        return None
    except Exception as error:
        raise explain(error, f"describe the EKS cluster {cluster}") from error
    try:
        return _parts(client, cluster, described)
    except Exception as error:
        raise explain(error, f"describe add-ons and node groups of {cluster}") from error


def _parts(client: Any, cluster: str, described: dict[str, Any]) -> Found:
    minor = described["version"]
    addons = {
        name: client.describe_addon(clusterName=cluster, addonName=name)["addon"]["addonVersion"]
        for name in items(client, "list_addons", "addons", clusterName=cluster)
    }
    offered = {name: _newest(client, name, minor) for name in addons}
    return Found(
        kubernetes=minor,
        is_extended=described.get("upgradePolicy", {}).get("supportType") == "EXTENDED",
        addons=addons,
        node_groups=tuple(
            _node_group(client, cluster, name)
            for name in items(client, "list_nodegroups", "nodegroups", clusterName=cluster)
        ),
        offered={name: version for name, version in offered.items() if version},
    )


def _node_group(client: Any, cluster: str, name: str) -> NodeGroup:
    group = client.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    return NodeGroup(
        name=name,
        version=group["version"],
        release=group.get("releaseVersion", ""),
        template=str(group.get("launchTemplate", {}).get("version", "")),
    )


def _newest(client: Any, addon: str, minor: str) -> str:
    """Return the newest version for a minor: EKS lists it first; empty: it offers none."""
    found = client.describe_addon_versions(addonName=addon, kubernetesVersion=minor)["addons"]
    versions = found[0]["addonVersions"] if found else []
    return str(versions[0]["addonVersion"]) if versions else ""
