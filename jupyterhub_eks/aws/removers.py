"""How each kind of resource that the inventory lists is removed, by us and by hand.

The order of the table is that in which a removal is tried: what is used by something else
comes after it. Whatever is still in use is refused by AWS and tried again later.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws import removal_steps as steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.ports import Resource


@dataclass(frozen=True)
class Remover:
    """One kind.

    Attributes:
        remove: Asks AWS to remove the resource of an identifier.
        command: The same for the AWS CLI; ``{id}`` is the identifier, ``{parent}`` and
            ``{part}`` are what stands before and after its first slash.
        is_slow: AWS takes minutes; it goes on by itself once it has begun.
    """

    remove: Callable[[Clients, str], object]
    command: str
    is_slow: bool = False


def removal_command(resource: Resource) -> str:
    """Return what to type to remove a resource by hand; empty for a kind that is not listed."""
    remover = REMOVERS.get((resource.service, resource.kind))
    if remover is None:
        return ""
    parent, _, part = resource.identifier.partition("/")
    return remover.command.format(
        id=shlex.quote(resource.identifier), parent=shlex.quote(parent), part=shlex.quote(part)
    )


def _call(service: str, operation: str, argument: str) -> Callable[[Clients, str], object]:
    def remove(clients: Clients, identifier: str) -> object:
        return getattr(clients.get(service), operation)(**{argument: identifier})

    return remove


def _call_list(service: str, operation: str, argument: str) -> Callable[[Clients, str], object]:
    def remove(clients: Clients, identifier: str) -> object:
        return getattr(clients.get(service), operation)(**{argument: [identifier]})

    return remove


def _call_part(
    service: str, operation: str, parent_argument: str, part_argument: str
) -> Callable[[Clients, str], object]:
    def remove(clients: Clients, identifier: str) -> object:
        parent, _, part = identifier.partition("/")
        arguments = {parent_argument: parent, part_argument: part}
        return getattr(clients.get(service), operation)(**arguments)

    return remove


def _ec2(noun: str, argument: str, *, is_slow: bool = False) -> Remover:
    operation, option = f"delete_{noun}", f"delete-{noun}".replace("_", "-")
    flag = "".join(f"-{each.lower()}" if each.isupper() else each for each in argument).lstrip("-")
    return Remover(
        _call("ec2", operation, argument), f"aws ec2 {option} --{flag} {{id}}", is_slow=is_slow
    )


REMOVERS: Final[Mapping[tuple[str, str], Remover]] = {
    ("eks", "node-group"): Remover(
        _call_part("eks", "delete_nodegroup", "clusterName", "nodegroupName"),
        "aws eks delete-nodegroup --cluster-name {parent} --nodegroup-name {part}",
        is_slow=True,
    ),
    ("eks", "addon"): Remover(
        _call_part("eks", "delete_addon", "clusterName", "addonName"),
        "aws eks delete-addon --cluster-name {parent} --addon-name {part}",
    ),
    ("eks", "pod-identity-association"): Remover(
        _call_part("eks", "delete_pod_identity_association", "clusterName", "associationId"),
        "aws eks delete-pod-identity-association --cluster-name {parent} --association-id {part}",
    ),
    ("eks", "access-entry"): Remover(
        _call_part("eks", "delete_access_entry", "clusterName", "principalArn"),
        "aws eks delete-access-entry --cluster-name {parent} --principal-arn {part}",
    ),
    ("eks", "cluster"): Remover(
        _call("eks", "delete_cluster", "name"), "aws eks delete-cluster --name {id}", is_slow=True
    ),
    ("ec2", "instance"): Remover(
        _call_list("ec2", "terminate_instances", "InstanceIds"),
        "aws ec2 terminate-instances --instance-ids {id}",
        is_slow=True,
    ),
    ("ec2", "nat-gateway"): _ec2("nat_gateway", "NatGatewayId", is_slow=True),
    ("ec2", "vpc-endpoint"): Remover(
        _call_list("ec2", "delete_vpc_endpoints", "VpcEndpointIds"),
        "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {id}",
        is_slow=True,
    ),
    ("ec2", "elastic-ip"): Remover(
        _call("ec2", "release_address", "AllocationId"),
        "aws ec2 release-address --allocation-id {id}",
    ),
    ("ec2", "launch-template"): _ec2("launch_template", "LaunchTemplateId"),
    ("ec2", "volume"): _ec2("volume", "VolumeId"),
    ("events", "rule"): Remover(
        steps.rule,
        "aws events delete-rule --name {id}  # after its targets: aws events remove-targets",
    ),
    ("sqs", "queue"): Remover(
        steps.queue,
        'aws sqs delete-queue --queue-url "$(aws sqs get-queue-url --queue-name {id} '
        '--output text)"',
    ),
    ("backup", "selection"): Remover(
        _call_part("backup", "delete_backup_selection", "BackupPlanId", "SelectionId"),
        "aws backup delete-backup-selection --backup-plan-id {parent} --selection-id {part}",
    ),
    ("backup", "plan"): Remover(
        _call("backup", "delete_backup_plan", "BackupPlanId"),
        "aws backup delete-backup-plan --backup-plan-id {id}",
    ),
    ("backup", "vault"): Remover(
        steps.backup_vault,
        "aws backup delete-backup-vault --backup-vault-name {id}  # after its recovery points",
    ),
    ("efs", "access-point"): Remover(
        _call("efs", "delete_access_point", "AccessPointId"),
        "aws efs delete-access-point --access-point-id {id}",
    ),
    ("efs", "mount-target"): Remover(
        _call("efs", "delete_mount_target", "MountTargetId"),
        "aws efs delete-mount-target --mount-target-id {id}",
    ),
    ("efs", "file-system"): Remover(
        _call("efs", "delete_file_system", "FileSystemId"),
        "aws efs delete-file-system --file-system-id {id}",
    ),
    ("cognito-idp", "domain"): Remover(
        steps.domain,
        "aws cognito-idp delete-user-pool-domain --domain {id} --user-pool-id POOL",
    ),
    ("cognito-idp", "user-pool"): Remover(
        _call("cognito-idp", "delete_user_pool", "UserPoolId"),
        "aws cognito-idp delete-user-pool --user-pool-id {id}",
    ),
    ("logs", "log-group"): Remover(
        _call("logs", "delete_log_group", "logGroupName"),
        "aws logs delete-log-group --log-group-name {id}",
    ),
    ("budgets", "budget"): Remover(
        steps.budget,
        'aws budgets delete-budget --budget-name {id} --account-id "$(aws sts '
        'get-caller-identity --query Account --output text)"',
    ),
    ("iam", "instance-profile"): Remover(
        steps.instance_profile,
        "aws iam delete-instance-profile --instance-profile-name {id}  # after its roles",
    ),
    ("iam", "role"): Remover(
        steps.role, "aws iam delete-role --role-name {id}  # after its policies are detached"
    ),
    ("iam", "policy"): Remover(
        steps.policy,
        'aws iam delete-policy --policy-arn "$(aws iam list-policies --scope Local --output text '
        '--query "Policies[?PolicyName==\'{id}\'].Arn")"',
    ),
    ("secretsmanager", "secret"): Remover(
        steps.secret, "aws secretsmanager delete-secret --secret-id {id}"
    ),
    ("kms", "key"): Remover(
        steps.key,
        "aws kms schedule-key-deletion --key-id {id}",
    ),
    ("ec2", "network-interface"): _ec2("network_interface", "NetworkInterfaceId"),
    ("ec2", "security-group"): _ec2("security_group", "GroupId"),
    ("ec2", "route-table"): Remover(
        steps.route_table, "aws ec2 delete-route-table --route-table-id {id}"
    ),
    ("ec2", "subnet"): _ec2("subnet", "SubnetId"),
    ("ec2", "internet-gateway"): Remover(
        steps.internet_gateway,
        "aws ec2 delete-internet-gateway --internet-gateway-id {id}  # after it is detached",
    ),
    ("ec2", "vpc"): _ec2("vpc", "VpcId"),
}
