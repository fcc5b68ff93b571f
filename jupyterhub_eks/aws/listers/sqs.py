"""SQS: queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.session import error_code
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients

_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield queues by tag; SQS goes on listing a deleted queue for up to a minute."""
    client = clients.get("sqs")
    selection = {"QueueNamePrefix": owner.prefix} if owner.prefix else {}
    for url in items(client, "list_queues", "QueueUrls", **selection):
        try:
            tags = client.list_queue_tags(QueueUrl=url).get("Tags", {})
        except Exception as error:
            if error_code(error) in _GONE:
                continue
            raise
        if owner.owns(tags):
            yield Resource("sqs", "queue", url.rpartition("/")[2])
