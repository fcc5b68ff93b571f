"""Removals that take more than one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.matching import listed

if TYPE_CHECKING:
    from jupyterhub_eks.aws.session import Clients

# Days in which a secret or a key can be brought back (the shortest that AWS allows).
RECOVERY_DAYS: Final = 7


def backup_vault(clients: Clients, name: str) -> None:
    """Remove the vault with its recovery points."""
    client = clients.get("backup")
    points = listed(
        client, "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=name
    )
    for point in points:
        client.delete_recovery_point(
            BackupVaultName=name, RecoveryPointArn=point["RecoveryPointArn"]
        )
    client.delete_backup_vault(BackupVaultName=name)


def budget(clients: Clients, name: str) -> None:
    """Remove a budget of the caller's account."""
    account = clients.get("sts").get_caller_identity()["Account"]
    clients.get("budgets").delete_budget(AccountId=account, BudgetName=name)


def domain(clients: Clients, domain: str) -> None:
    """Remove a user pool's domain."""
    client = clients.get("cognito-idp")
    pool = client.describe_user_pool_domain(Domain=domain)["DomainDescription"]["UserPoolId"]
    client.delete_user_pool_domain(Domain=domain, UserPoolId=pool)


def rule(clients: Clients, name: str) -> None:
    """Remove the rule with its targets."""
    client = clients.get("events")
    targets = [each["Id"] for each in listed(client, "list_targets_by_rule", "Targets", Rule=name)]
    if targets:
        client.remove_targets(Rule=name, Ids=targets)
    client.delete_rule(Name=name)


def instance_profile(clients: Clients, name: str) -> None:
    """Remove the profile, which must have no role."""
    client = clients.get("iam")
    profile = client.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    for role in profile["Roles"]:
        client.remove_role_from_instance_profile(
            InstanceProfileName=name, RoleName=role["RoleName"]
        )
    client.delete_instance_profile(InstanceProfileName=name)


def role(clients: Clients, name: str) -> None:
    """Remove the role, which must have no policy."""
    client = clients.get("iam")
    attached = listed(client, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    for policy in attached:
        client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    for inline in listed(client, "list_role_policies", "PolicyNames", RoleName=name):
        client.delete_role_policy(RoleName=name, PolicyName=inline)
    client.delete_role(RoleName=name)


def policy(clients: Clients, name: str) -> None:
    """Remove the policy with its versions."""
    client = clients.get("iam")
    for policy in listed(client, "list_policies", "Policies", Scope="Local"):
        if policy["PolicyName"] != name:
            continue
        arn = policy["Arn"]
        for version in listed(client, "list_policy_versions", "Versions", PolicyArn=arn):
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        client.delete_policy(PolicyArn=arn)


def queue(clients: Clients, name: str) -> None:
    """Remove the queue."""
    client = clients.get("sqs")
    client.delete_queue(QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"])


def route_table(clients: Clients, table: str) -> None:
    """Remove the table, which no subnet may use."""
    client = clients.get("ec2")
    found = client.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    for association in found.get("Associations", []):
        if not association.get("Main"):
            client.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    client.delete_route_table(RouteTableId=table)


def internet_gateway(clients: Clients, gateway: str) -> None:
    """Remove the gateway, which must be in no VPC."""
    client = clients.get("ec2")
    found = client.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]
    for attachment in found.get("Attachments", []):
        client.detach_internet_gateway(InternetGatewayId=gateway, VpcId=attachment["VpcId"])
    client.delete_internet_gateway(InternetGatewayId=gateway)


def secret(clients: Clients, name: str) -> None:
    """Schedule the removal of the secret."""
    client = clients.get("secretsmanager")
    client.delete_secret(SecretId=name, RecoveryWindowInDays=RECOVERY_DAYS)


def key(clients: Clients, key: str) -> None:
    """Schedule the removal of the key."""
    clients.get("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=RECOVERY_DAYS)
