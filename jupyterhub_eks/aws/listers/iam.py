"""IAM: roles, customer-managed policies and instance profiles (global, not regional)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.listers.paging import items
from jupyterhub_eks.aws.ownership import tag_map
from jupyterhub_eks.aws.session import error_code
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.aws.ownership import Owner
    from jupyterhub_eks.aws.session import Clients

# kind, list call, key of the list, its arguments, name key, tag call, its argument's key
_KINDS: Final[tuple[tuple[str, str, str, dict[str, str], str, str, str], ...]] = (
    ("role", "list_roles", "Roles", {}, "RoleName", "list_role_tags", "RoleName"),
    (
        "policy",
        "list_policies",
        "Policies",
        {"Scope": "Local"},
        "PolicyName",
        "list_policy_tags",
        "Arn",
    ),
    (
        "instance-profile",
        "list_instance_profiles",
        "InstanceProfiles",
        {},
        "InstanceProfileName",
        "list_instance_profile_tags",
        "InstanceProfileName",
    ),
)


def resources(clients: Clients, owner: Owner) -> Iterator[Resource]:
    """Yield by tag; only what begins like the deployment's names is asked for its tags."""
    client = clients.get("iam")
    for kind, operation, key, arguments, name_key, tag_call, tag_key in _KINDS:
        for item in items(client, operation, key, **arguments):
            name = item[name_key]
            if not name.startswith(owner.prefix):
                continue
            argument = {"PolicyArn" if tag_key == "Arn" else tag_key: item[tag_key]}
            if owner.owns(_tags(client, tag_call, argument)):
                yield Resource("iam", kind, name)


def _tags(client: Any, operation: str, argument: dict[str, str]) -> dict[str, str]:
    try:
        return tag_map(getattr(client, operation)(**argument).get("Tags"))
    except Exception as error:
        if error_code(error) == "NoSuchEntity":  # deleted since it was listed
            return {}
        raise
