"""EventBridge: rules on the default bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield rules by tag."""
    client = clients.get("events")
    selection = {"NamePrefix": owner.prefix} if owner.prefix else {}
    for rule in items(client, "list_rules", "Rules", **selection):
        tags = tag_map(client.list_tags_for_resource(ResourceARN=rule["Arn"]).get("Tags"))
        if owner.owns(tags):
            yield Resource("events", "rule", rule["Name"])
