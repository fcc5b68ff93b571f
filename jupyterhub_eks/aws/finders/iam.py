"""IAM: names are unique in the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.matching import asked, listed

if TYPE_CHECKING:
    from jupyterhub_eks.aws.matching import Search


def role(search: Search) -> str | None:
    """Return the role's name."""
    known = search.known("name")
    if not known:
        return None
    tags = asked(search.clients.get("iam").list_role_tags, RoleName=known[0]).get("Tags")
    return known[0] if search.owns(tags) else None


def instance_profile(search: Search) -> str | None:
    """Return the profile's name."""
    known = search.known("name")
    if not known:
        return None
    call = search.clients.get("iam").list_instance_profile_tags
    tags = asked(call, InstanceProfileName=known[0]).get("Tags")
    return known[0] if search.owns(tags) else None


def policy(search: Search) -> str | None:
    """Return the ARN of a customer-managed policy."""
    known = search.known("name")
    if not known:
        return None
    client = search.clients.get("iam")
    for each in listed(client, "list_policies", "Policies", Scope="Local"):
        if each["PolicyName"] != known[0]:
            continue
        if search.owns(asked(client.list_policy_tags, PolicyArn=each["Arn"]).get("Tags")):
            return str(each["Arn"])
    return None
