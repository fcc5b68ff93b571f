"""Ask the embedded AWS itself what exists, without any code of the product."""

from __future__ import annotations

from typing import Any

import boto3


def _clients(endpoint: str, region: str) -> Any:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


def _ec2(client: Any, name: str) -> list[str]:
    ec2 = client("ec2")
    tag = [{"Name": "tag:jhub.deployment", "Values": [name]}]
    found = [vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=tag)["Vpcs"]]
    found += [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=tag)["Subnets"]]
    found += [
        nat["NatGatewayId"]
        for nat in ec2.describe_nat_gateways(Filters=tag)["NatGateways"]
        if nat["State"] not in {"deleted", "deleting"}
    ]
    found += [ip["AllocationId"] for ip in ec2.describe_addresses(Filters=tag)["Addresses"]]
    found += [sg["GroupId"] for sg in ec2.describe_security_groups(Filters=tag)["SecurityGroups"]]
    found += [
        table["RouteTableId"] for table in ec2.describe_route_tables(Filters=tag)["RouteTables"]
    ]
    found += [
        template["LaunchTemplateId"]
        for template in ec2.describe_launch_templates()["LaunchTemplates"]
        if template["LaunchTemplateName"].startswith(name)
    ]
    endpoints = ec2.describe_vpc_endpoints(Filters=tag)["VpcEndpoints"]
    return found + [endpoint["VpcEndpointId"] for endpoint in endpoints]


def _named(client: Any, name: str) -> list[str]:
    iam, events, logs, backup = (client(each) for each in ("iam", "events", "logs", "backup"))
    found = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    found += [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]]
    found += [
        profile["InstanceProfileName"]
        for profile in iam.list_instance_profiles()["InstanceProfiles"]
    ]
    found += [rule["Name"] for rule in events.list_rules()["Rules"]]
    found += [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    found += [vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]]
    found += [plan["BackupPlanName"] for plan in backup.list_backup_plans()["BackupPlansList"]]
    found += [url.rsplit("/", 1)[1] for url in client("sqs").list_queues().get("QueueUrls", [])]
    found += [
        pool["Name"] for pool in client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    ]
    found += client("eks").list_clusters()["clusters"]
    return [each for each in found if name in each]


def leftovers(endpoint: str, region: str, name: str) -> list[str]:
    """Return everything that belongs to deployment ``name``; ``[]`` when nothing is left."""
    client = _clients(endpoint, region)
    systems = [
        system["FileSystemId"]
        for system in client("efs").describe_file_systems()["FileSystems"]
        if {"Key": "jhub.deployment", "Value": name} in system["Tags"]
    ]
    keys = client("kms").list_aliases()["Aliases"]
    aliases = [alias["AliasName"] for alias in keys if name in alias["AliasName"]]
    return _ec2(client, name) + _named(client, name) + systems + aliases
