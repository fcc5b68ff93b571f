"""Which Kubernetes user an AWS identity is: the access entries of the embedded EKS."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.cluster.authenticator.tokens import RefusedTokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.local.cluster.authenticator.tokens import Caller

ADMIN_POLICY: Final = "AmazonEKSClusterAdminPolicy"
# EKS refuses entries with groups that begin so (EKS user guide, "Create access entries").
_RESERVED: Final = ("system:", "eks:", "aws:", "amazon:", "iam:")
_ASSUMED: Final = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([^/]+)/(.+)")
_STANDARD: Final = "STANDARD"


@dataclass(frozen=True, kw_only=True)
class KubernetesUser:
    """A user of the Kubernetes API.

    Attributes:
        extra: What EKS tells about the identity behind it.
    """

    username: str
    uid: str
    groups: tuple[str, ...]
    extra: dict[str, list[str]] = field(default_factory=dict)


def user_of(caller: Caller, cluster: str, eks: Any) -> KubernetesUser:
    """Return the user that the access entries of a cluster make of a caller.

    The creator of a cluster has an entry too, made by EKS.

    Args:
        caller: Who shows the token.
        cluster: Name of the cluster.
        eks: boto3 client of EKS.

    Raises:
        RefusedTokenError: No entry names the caller, or the cluster does not go by entries.
    """
    access = eks.describe_cluster(name=cluster)["cluster"].get("accessConfig") or {}
    if "API" not in access.get("authenticationMode", ""):
        raise RefusedTokenError(f"{cluster} takes no notice of access entries")
    entry = _entry(caller, cluster, eks)
    if entry.get("type") != _STANDARD:
        # Entries of nodes name an EC2 instance as the user, and no instance is emulated.
        raise RefusedTokenError(f"{caller.arn} has an entry of type {entry.get('type')}")
    session = _ASSUMED.fullmatch(caller.arn)
    return KubernetesUser(
        username=_username(entry, caller),
        uid=f"aws-iam-authenticator:{caller.account}:{caller.user_id.partition(':')[0]}",
        groups=tuple(_groups(entry, cluster, eks)),
        extra={
            "arn": [caller.arn],
            "canonicalArn": [entry["principalArn"]],
            "principalId": [caller.user_id.partition(":")[0]],
            "sessionName": [session.group(4) if session else ""],
            "accessKeyId": [caller.access_key],
        },
    )


def _entry(caller: Caller, cluster: str, eks: Any) -> dict[str, Any]:
    for page in eks.get_paginator("list_access_entries").paginate(clusterName=cluster):
        for principal in page["accessEntries"]:
            if is_principal(principal, caller):
                answer = eks.describe_access_entry(clusterName=cluster, principalArn=principal)
                entry: dict[str, Any] = answer["accessEntry"]
                return entry
    raise RefusedTokenError(f"no access entry of {cluster} is for {caller.arn}")


def is_principal(principal: str, caller: Caller) -> bool:
    """Return whether an entry's principal is the caller.

    A session is not named in entries: its role is, with a path that the session's ARN
    lacks, so account and name of the role decide. Names of roles are unique in an account.
    """
    session = _ASSUMED.fullmatch(caller.arn)
    if session is None:
        return principal == caller.arn
    partition, account, role, _ = session.groups()
    head = f"arn:{partition}:iam::{account}:role/"
    return principal.startswith(head) and principal.rpartition("/")[2] == role


def _username(entry: dict[str, Any], caller: Caller) -> str:
    """Return the entry's user name, by default the ARN (EKS API reference, CreateAccessEntry)."""
    template = entry.get("username") or caller.arn
    session = _ASSUMED.fullmatch(caller.arn)
    name = session.group(4) if session else ""
    return str(
        template.replace("{{SessionName}}", name.replace("@", "-"))
        .replace("{{SessionNameRaw}}", name)
        .replace("{{AccountID}}", caller.account)
    )


def _groups(entry: dict[str, Any], cluster: str, eks: Any) -> Iterator[str]:
    for group in entry.get("kubernetesGroups") or ():
        if not group.startswith(_RESERVED):
            yield group
    pages = eks.get_paginator("list_associated_access_policies").paginate(
        clusterName=cluster, principalArn=entry["principalArn"]
    )
    for page in pages:
        for policy in page["associatedAccessPolicies"]:
            is_admin = policy["policyArn"].rpartition("/")[2] == ADMIN_POLICY
            if is_admin and policy["accessScope"]["type"] == "cluster":
                # EKS has an authorizer of its own for its policies; a plain API server knows
                # no other way to allow everything. The policies that allow less allow nothing
                # here, which is stricter than EKS.
                yield "system:masters"
