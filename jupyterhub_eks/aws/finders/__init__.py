"""Find a configured resource that exists already, by Terraform type: returns its import id.

Each finder answers only for a resource that carries the deployment's tag, or is part of one
that does. The import ids are those that the provider's documentation names for each type.
What is not listed is made again without harm: attachments, event targets and policies of a file
system replace their like, and a second client of a user pool goes with the pool (its import
would end in a replacement: the provider cannot read whether it has a secret).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jupyterhub_eks.aws.finders import ec2, eks, iam, services, storage
from jupyterhub_eks.aws.matching import Search

Finder = Callable[[Search], str | None]

FINDERS: Final[Mapping[str, Finder]] = {
    **{f"aws_{name}": kind.find for name, kind in ec2.KINDS.items()},
    "aws_backup_plan": storage.backup_plan,
    "aws_backup_selection": storage.backup_selection,
    "aws_backup_vault": storage.backup_vault,
    "aws_budgets_budget": services.budget,
    "aws_cloudwatch_event_rule": services.event_rule,
    "aws_cloudwatch_log_group": services.log_group,
    "aws_cognito_identity_provider": services.identity_provider,
    "aws_cognito_user_group": services.user_group,
    "aws_cognito_user_pool": services.user_pool,
    "aws_cognito_user_pool_domain": services.user_pool_domain,
    "aws_efs_access_point": storage.access_point,
    "aws_efs_file_system": storage.file_system,
    "aws_efs_mount_target": storage.mount_target,
    "aws_eks_access_entry": eks.access_entry,
    "aws_eks_addon": eks.addon,
    "aws_eks_cluster": eks.cluster,
    "aws_eks_node_group": eks.node_group,
    "aws_eks_pod_identity_association": eks.pod_identity_association,
    "aws_iam_instance_profile": iam.instance_profile,
    "aws_iam_policy": iam.policy,
    "aws_iam_role": iam.role,
    "aws_route": ec2.route,
    "aws_route_table_association": ec2.route_table_association,
    "aws_sqs_queue": services.queue,
}
