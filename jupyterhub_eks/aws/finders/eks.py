"""EKS: a cluster and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.matching import asked, listed, only, require_finished

if TYPE_CHECKING:
    from jupyterhub_eks.aws.matching import Search


def cluster(search: Search) -> str | None:
    """Return the cluster's name."""
    known = search.known("name")
    if not known:
        return None
    found = asked(search.clients.get("eks").describe_cluster, name=known[0]).get("cluster", {})
    if not search.owns(found.get("tags")):
        return None
    require_finished(f"the cluster {known[0]}", found.get("status", ""))
    return known[0]


def addon(search: Search) -> str | None:
    """Return ``cluster:addon``."""
    known = search.known("cluster_name", "addon_name")
    if not known:
        return None
    call = search.clients.get("eks").describe_addon
    found = asked(call, clusterName=known[0], addonName=known[1]).get("addon", {})
    if not search.owns(found.get("tags")):
        return None
    require_finished(f"the add-on {known[1]}", found.get("status", ""))
    return ":".join(known)


def node_group(search: Search) -> str | None:
    """Return ``cluster:group``; the name begins as configured, its end is made up."""
    known = search.known("cluster_name", "node_group_name_prefix")
    if not known:
        return None
    name, prefix = known
    client = search.clients.get("eks")
    names = asked(client.list_nodegroups, clusterName=name).get("nodegroups", [])
    states = {}
    for group in (each for each in names if each.startswith(prefix)):
        call = client.describe_nodegroup
        found = asked(call, clusterName=name, nodegroupName=group).get("nodegroup", {})
        if search.owns(found.get("tags")):
            states[group] = found.get("status", "")
    group = only(states)
    if group is None:
        return None
    require_finished(f"the node group {group}", states[group])
    return f"{name}:{group}"


def access_entry(search: Search) -> str | None:
    """Return ``cluster:principal``."""
    known = search.known("cluster_name", "principal_arn")
    if not known:
        return None
    call = search.clients.get("eks").describe_access_entry
    found = asked(call, clusterName=known[0], principalArn=known[1]).get("accessEntry", {})
    return ":".join(known) if search.owns(found.get("tags")) else None


def pod_identity_association(search: Search) -> str | None:
    """Return ``cluster,association``; a service account has one at most."""
    known = search.known("cluster_name", "namespace", "service_account")
    if not known:
        return None
    client = search.clients.get("eks")
    name, namespace, account = known
    for each in listed(
        client,
        "list_pod_identity_associations",
        "associations",
        clusterName=name,
        namespace=namespace,
        serviceAccount=account,
    ):
        call, key = client.describe_pod_identity_association, each["associationId"]
        found = asked(call, clusterName=name, associationId=key).get("association", {})
        if search.owns(found.get("tags")):
            return f"{name},{key}"
    return None
