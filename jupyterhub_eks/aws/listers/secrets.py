"""Secrets Manager: secrets that are not scheduled for deletion."""

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
    """Yield secrets by tag."""
    for secret in items(clients.get("secretsmanager"), "list_secrets", "SecretList"):
        if owner.owns(tag_map(secret.get("Tags"))):
            yield Resource("secretsmanager", "secret", secret["Name"])
