"""IAM policy documents as data: pure functions from names to plain dictionaries.

No cdktf here, so that every document can be read, tested and linted alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION: Final = "2012-10-17"
NFS_CLIENT_ACTIONS: Final = (
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
)

Statement = dict[str, Any]
Document = dict[str, Any]


def document(*statements: Mapping[str, Any]) -> Document:
    """Return a policy document of the given statements, in their order."""
    return {"Version": VERSION, "Statement": [dict(statement) for statement in statements]}


def to_json(policy: Mapping[str, Any]) -> str:
    """Return the compact JSON text of a policy; key order is kept."""
    return json.dumps(policy, separators=(",", ":"))


def service_trust(service: str) -> Document:
    """Return the trust policy of a role that an AWS service assumes."""
    return document(
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    )


def pod_identity_trust() -> Document:
    """Return the trust policy of a role for pods (facts 1.2).

    EKS Pod Identity tags the session with cluster, namespace and service account,
    hence ``sts:TagSession``. Which pods get the role is decided by associations.
    """
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )


def managed_policy_arn(partition: str, name: str) -> str:
    """Return the ARN of an AWS-managed policy, ``name`` with its path if it has one."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def file_system_policy(file_system_arn: str, access_point_arns: Iterable[str]) -> Document:
    """Return the policy of the EFS file system: TLS and one of our doors, or nothing.

    The allow statement covers clients that do not sign their mount (the CSI driver's
    default). The two denials also bind principals of this account whose own IAM
    policies would allow more: a negated condition matches a request without access
    point too. Root access is granted to nobody; both doors act as uid 1000. AWS
    Backup reads through the EFS service, not through an NFS client, and is untouched.
    """
    doors = list(access_point_arns)
    everyone = {"AWS": "*"}
    return document(
        {
            "Sid": "AllowThroughOurAccessPoints",
            "Effect": "Allow",
            "Principal": everyone,
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Resource": file_system_arn,
            "Condition": {
                "ArnEquals": {"elasticfilesystem:AccessPointArn": doors},
                "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
            },
        },
        {
            "Sid": "DenyAnyOtherDoor",
            "Effect": "Deny",
            "Principal": everyone,
            "Action": list(NFS_CLIENT_ACTIONS),
            "Resource": file_system_arn,
            "Condition": {"ArnNotEquals": {"elasticfilesystem:AccessPointArn": doors}},
        },
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": everyone,
            "Action": list(NFS_CLIENT_ACTIONS),
            "Resource": file_system_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
