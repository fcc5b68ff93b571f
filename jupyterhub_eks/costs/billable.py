"""For each type of resource that the stacks make: its line of the floor, or why it is free.

A test holds every synthesized example against this, so that no billable resource is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keys of the lines on which a type is billed.
BILLED: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_backup_plan": ("backup",),
    "aws_backup_vault": ("backup",),
    "aws_cloudwatch_log_group": ("logs",),
    "aws_efs_file_system": ("efs",),
    "aws_eip": ("nat-addresses",),
    "aws_eks_cluster": ("eks",),
    "aws_eks_node_group": ("system-nodes", "system-disks"),
    "aws_nat_gateway": ("nat", "nat-traffic"),
}
# Billed on a line only in one form; in the others it is free.
INTERFACE_ENDPOINT: Final = "endpoint"

_IS_SETTING: Final = "a setting of what is billed elsewhere"
_IS_FREE: Final = "AWS makes no charge"
_BY_USERS: Final = "billed by users, in a month with users (`usage.py`)"

FREE: Final[Mapping[str, str]] = {
    "aws_acm_certificate": _IS_FREE,
    "aws_acm_certificate_validation": "waits only",
    "aws_backup_selection": _IS_SETTING,
    "aws_budgets_budget": "AWS makes no charge for budgets without actions",
    "aws_cloudwatch_event_rule": "AWS makes no charge for events of its own services",
    "aws_cloudwatch_event_target": "AWS makes no charge for events of its own services",
    "aws_cognito_identity_provider": _BY_USERS,
    "aws_cognito_user_group": _BY_USERS,
    "aws_cognito_user_pool": _BY_USERS,
    "aws_cognito_user_pool_client": _BY_USERS,
    "aws_cognito_user_pool_domain": "AWS makes no charge for its own domain",
    "aws_default_security_group": _IS_FREE,
    "aws_ec2_tag": _IS_FREE,
    "aws_efs_access_point": _IS_FREE,
    "aws_efs_backup_policy": _IS_SETTING,
    "aws_efs_file_system_policy": _IS_SETTING,
    "aws_efs_mount_target": _IS_FREE,
    "aws_eks_access_entry": _IS_FREE,
    "aws_eks_access_policy_association": _IS_FREE,
    "aws_eks_addon": "add-ons of AWS run on nodes that are billed",
    "aws_eks_pod_identity_association": _IS_FREE,
    "aws_iam_instance_profile": _IS_FREE,
    "aws_iam_policy": _IS_FREE,
    "aws_iam_role": _IS_FREE,
    "aws_iam_role_policy": _IS_FREE,
    "aws_iam_role_policy_attachment": _IS_FREE,
    "aws_internet_gateway": _IS_FREE,
    "aws_launch_template": _IS_SETTING,
    "aws_route": _IS_FREE,
    "aws_route53_record": "in a zone that is there already; queries cost cents a month",
    "aws_route_table": _IS_FREE,
    "aws_route_table_association": _IS_FREE,
    "aws_security_group": _IS_FREE,
    "aws_sqs_queue": "far below the million requests a month that are free",
    "aws_subnet": _IS_FREE,
    "aws_vpc": _IS_FREE,
    "aws_vpc_endpoint": "the gateway endpoint of S3 is free; interfaces are on line `endpoint`",
    "aws_vpc_ipv4_cidr_block_association": _IS_FREE,
    "aws_vpc_security_group_ingress_rule": _IS_FREE,
    "helm_release": "runs on nodes that are billed; its load balancer and disk have lines",
    "terraform_data": "lives in the state only",
}
