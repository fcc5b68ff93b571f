"""IAM roles with their attached policies, the same way in every stack.

Attachments are per role: ``aws_iam_policy_attachment`` would take a policy away from
every other role of the account (D7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment

from stacks.iam import managed_policy_arn, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacks.base import BaseStack
    from stacks.iam import Document


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role and the attachments that users of it must wait for."""

    resource: IamRole
    attachments: tuple[IamRolePolicyAttachment, ...]

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return str(self.resource.arn)

    @property
    def name(self) -> str:
        """Name of the role."""
        return str(self.resource.name)


def add_role(
    stack: BaseStack,
    prefix: str,
    *,
    name: str,
    trust: Document,
    managed_policies: Sequence[str] = (),
    own_policies: Mapping[str, Document] | None = None,
) -> Role:
    """Add a role with AWS-managed policies and policies of its own.

    Args:
        stack: The stack that gets the resources.
        prefix: Prefix of the construct ids, e.g. ``Node``.
        name: Name of the role, within IAM's limit.
        trust: Who may assume it.
        managed_policies: AWS-managed policies, names with path.
        own_policies: Suffix of the policy's name, e.g. ``karpenter-interruption``, which
            also makes its construct id, to document.
    """
    role = IamRole(
        stack,
        f"{prefix}Role",
        name=name,
        assume_role_policy=to_json(trust),
        tags={"Name": name},
    )
    attachments = [
        IamRolePolicyAttachment(
            stack,
            f"{prefix}Role{_pascal(policy.rpartition('/')[2])}",
            role=role.name,
            policy_arn=managed_policy_arn(stack.partition, policy),
        )
        for policy in managed_policies
    ]
    for suffix, policy_document in (own_policies or {}).items():
        part = _pascal(suffix)
        policy = IamPolicy(
            stack,
            f"{part}Policy",
            name=stack.name_of(suffix, "iam_policy"),
            policy=to_json(policy_document),
        )
        attachments.append(
            IamRolePolicyAttachment(
                stack, f"{part}Attachment", role=role.name, policy_arn=policy.arn
            )
        )
    return Role(resource=role, attachments=tuple(attachments))


def _pascal(text: str) -> str:
    words = text.replace("_", "-").split("-")
    return "".join(word[:1].upper() + word[1:] for word in words)
