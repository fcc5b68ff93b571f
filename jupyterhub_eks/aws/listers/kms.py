"""KMS: customer keys that are not already on their way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.aws.session import DENIED, error_code
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield keys by tag; a deleted key stays 7 to 30 days and is not counted."""
    client = clients.get("kms")
    for key in items(client, "list_keys", "Keys"):
        tags = _tags(client, key["KeyId"])
        if not owner.owns(tags):
            continue
        state = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
        if state != "PendingDeletion":
            yield Resource("kms", "key", key["KeyId"])


def _tags(client: Any, key: str) -> dict[str, str]:
    try:
        return tag_map(client.list_resource_tags(KeyId=key).get("Tags"))
    except Exception as error:
        # A key's own policy may shut out everyone but another team; a key of ours
        # carries the default policy, which leaves the account's IAM in charge.
        if error_code(error) in DENIED and "no resource-based policy" in str(error):
            return {}
        raise
