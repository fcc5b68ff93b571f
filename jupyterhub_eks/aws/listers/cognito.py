"""Cognito: user pools and their login domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield pools by tag; a domain belongs to its pool."""
    client = clients.get("cognito-idp")
    for summary in items(client, "list_user_pools", "UserPools", MaxResults=60):
        if not summary["Name"].startswith(owner.prefix):
            continue
        pool = client.describe_user_pool(UserPoolId=summary["Id"])["UserPool"]
        if not owner.owns(pool.get("UserPoolTags", {})):
            continue
        yield Resource("cognito-idp", "user-pool", summary["Id"])
        for key in ("Domain", "CustomDomain"):
            if pool.get(key):
                yield Resource("cognito-idp", "domain", pool[key])
