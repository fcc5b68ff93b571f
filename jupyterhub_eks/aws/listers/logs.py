"""CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield groups by tag, and the cluster's by name.

    EKS makes the group ``/aws/eks/<name>/cluster`` again, without tags, when a
    control plane logs its last lines after the group was deleted.
    """
    client = clients.get("logs")
    for group in items(client, "describe_log_groups", "logGroups"):
        name, arn = group["logGroupName"], group["arn"].removesuffix(":*")
        if owner.prefix not in name:
            continue
        made_again = owner.cluster is not None and name == f"/aws/eks/{owner.cluster}/cluster"
        if made_again or owner.owns(_tags(client, arn)):
            yield Resource("logs", "log-group", name)


def _tags(client: Any, arn: str) -> dict[str, str]:
    tags: dict[str, str] = client.list_tags_for_resource(resourceArn=arn).get("tags", {})
    return tags
