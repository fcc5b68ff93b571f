"""Karpenter's AWS side as data, from ``karpenter/controller-iam.json``. Pure.

The file is upstream's, with placeholders; ``karpenter/README.md`` says what of it is
used and why the rest is not.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.resources import read_text
from stacks.iam import Document, document

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA_FILE: Final = "karpenter/controller-iam.json"
# Upstream's policy name, between these two, says what it is for.
_POLICY_PREFIX: Final = "KarpenterController"
_POLICY_SUFFIX: Final = "Policy-${cluster_name}"
# The profile is Terraform's, so nothing that makes, tags or deletes profiles is granted.
_KEPT_OF_IAM_INTEGRATION: Final = frozenset({"AllowPassingInstanceRole"})

POLICY_NAMES: Final = {
    "NodeLifecycle": "karpenter-node-lifecycle",
    "IAMIntegration": "karpenter-iam-integration",
    "EKSIntegration": "karpenter-eks-integration",
    "Interruption": "karpenter-interruption",
    "ZonalShift": "karpenter-zonal-shift",
    "ResourceDiscovery": "karpenter-resource-discovery",
}
RULE_NAMES: Final = {
    "ScheduledChangeRule": "karpenter-scheduled-change",
    "SpotInterruptionRule": "karpenter-spot-interruption",
    "RebalanceRule": "karpenter-rebalance",
    "InstanceStateChangeRule": "karpenter-instance-state",
    "CapacityReservationInterruptionRule": "karpenter-reservation",
}


@dataclass(frozen=True, kw_only=True)
class KarpenterPlace:
    """Where Karpenter works; the values of the file's placeholders.

    Attributes:
        partition: ARN partition.
        region: AWS region.
        account: 12-digit account id, or a Terraform expression for it.
        cluster_name: Name of the EKS cluster.
        node_role_arn: Role of the nodes it starts.
        queue_arn: Interruption queue.
        url_suffix: DNS suffix of service principals.
    """

    partition: str
    region: str
    account: str
    cluster_name: str
    node_role_arn: str
    queue_arn: str
    url_suffix: str


def controller_policies(place: KarpenterPlace) -> dict[str, Document]:
    """Return the controller's six policies: suffix of the AWS name to document."""
    found: dict[str, Document] = {}
    for full_name, policy in _load()["controller_policies"].items():
        short = full_name.removeprefix(_POLICY_PREFIX).removesuffix(_POLICY_SUFFIX)
        statements = policy["Statement"]
        if short == "IAMIntegration":
            statements = [s for s in statements if s["Sid"] in _KEPT_OF_IAM_INTEGRATION]
        found[POLICY_NAMES[short]] = document(*_fill(statements, asdict(place)))
    return found


def queue_policy(queue_arn: str) -> Document:
    """Return the policy of the interruption queue: events come in, over TLS only."""
    policy = _load()["interruption_queue"]["queue_policy"]
    statements = _fill(policy["Statement"], {"queue_arn": queue_arn})
    for statement in statements:
        transport = statement.get("Condition", {}).get("Bool", {})
        # CloudFormation's boolean; IAM's own form is a string, which AWS returns.
        transport.update({key: str(value).lower() for key, value in transport.items()})
    return document(*statements)


def queue_retention_seconds() -> int:
    """Return how long an unread event is kept, in seconds."""
    return int(_load()["interruption_queue"]["message_retention_seconds"])


def node_trust(url_suffix: str) -> Document:
    """Return who may assume the node role: EC2, by its name in this partition."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": f"ec2.{url_suffix}"},
            "Action": "sts:AssumeRole",
        }
    )


def node_managed_policies() -> tuple[str, ...]:
    """Return the names of the AWS-managed policies of the node role."""
    arns = _load()["node_role"]["managed_policy_arns"]
    return tuple(sorted(arn.rpartition(":policy/")[2] for arn in arns))


def event_patterns() -> dict[str, Document]:
    """Return the five event patterns: suffix of the AWS name to pattern."""
    rules = _load()["event_rules"]
    return {RULE_NAMES[name]: rule["event_pattern"] for name, rule in rules.items()}


def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(read_text(DATA_FILE))
    return loaded


def _fill(statements: list[Any], values: Mapping[str, str]) -> list[Any]:
    """Return the statements with placeholders replaced, in keys and values."""
    text = json.dumps(statements)
    for name, value in values.items():
        # The values are names, ARNs or cdktf tokens: none needs escaping in JSON.
        text = text.replace(f"${{{name}}}", value)
    filled: list[Any] = json.loads(text)
    return filled
