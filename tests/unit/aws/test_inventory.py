"""What a deployment has is asked from each service, and no failure is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.aws.counts import COUNTED
from jupyterhub_eks.aws.inventory import find_owned, find_resources, list_all
from jupyterhub_eks.aws.ownership import AnyDeployment
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.ports import Resource
from tests.support.aws import FakeClients, aws_error

MINE = [{"Key": "jhub.deployment", "Value": "a"}]
OTHERS = [{"Key": "jhub.deployment", "Value": "a-b"}]


def found(clients: FakeClients, deployment: str = "a") -> list[tuple[str, str, str]]:
    return [(r.service, r.kind, r.identifier) for r in find_resources(clients, deployment)]


def test_empty_account() -> None:
    """Nothing is found where nothing is."""
    assert found(FakeClients()) == []


def test_network_by_tag() -> None:
    """What carries the tag is found, what carries another deployment's is not."""
    vpcs = [
        {"VpcId": "vpc-1", "Tags": MINE},
        {"VpcId": "vpc-2", "Tags": OTHERS},
        {"VpcId": "vpc-3"},
    ]

    assert found(FakeClients(ec2={"describe_vpcs": {"Vpcs": vpcs}})) == [("ec2", "vpc", "vpc-1")]


def test_the_count_of_an_embedded_account_has_certificates_and_records() -> None:
    """What every zone has by itself is nobody's work, nor is a certificate without the tag."""
    certificates = [{"CertificateArn": "arn:aws:acm:eu:1:certificate/abc"}]
    records = [{"Name": "hub.example.org.", "Type": "A"}, {"Name": "example.org.", "Type": "NS"}]
    clients = FakeClients(
        acm={
            "list_certificates": {"CertificateSummaryList": certificates},
            "list_tags_for_certificate": {"Tags": MINE},
        },
        route53={
            "list_hosted_zones": {"HostedZones": [{"Id": "/hostedzone/Z1"}]},
            "list_resource_record_sets": {"ResourceRecordSets": records},
        },
    )

    assert list_all(clients, AnyDeployment(), COUNTED) == (
        Resource("acm", "certificate", "abc"),
        Resource("route53", "record", "hub.example.org A"),
    )


def test_deleted_nat_gateway_is_gone() -> None:
    """EC2 shows a deleted gateway for about an hour; one being deleted still exists."""
    gateways = [
        {"NatGatewayId": "nat-1", "State": "deleted", "Tags": MINE},
        {"NatGatewayId": "nat-2", "State": "deleting", "Tags": MINE},
    ]
    clients = FakeClients(ec2={"describe_nat_gateways": {"NatGateways": gateways}})

    assert found(clients) == [("ec2", "nat-gateway", "nat-2")]


def test_nodes_that_the_cluster_made() -> None:
    """A node without the deployment's tag is found by its cluster's."""
    owned = [{"Key": "kubernetes.io/cluster/a", "Value": "owned"}]
    instances = [
        {"InstanceId": "i-1", "State": {"Name": "running"}, "Tags": owned},
        {"InstanceId": "i-2", "State": {"Name": "terminated"}, "Tags": owned},
    ]
    clients = FakeClients(ec2={"describe_instances": {"Reservations": [{"Instances": instances}]}})

    assert found(clients) == [("ec2", "instance", "i-1")]


def test_cluster_and_its_parts() -> None:
    """A cluster is the deployment's by its name, with everything inside."""
    eks = {
        "list_clusters": {"clusters": ["a", "a-b"]},
        "describe_cluster": {"cluster": {}},
        "list_nodegroups": {"nodegroups": ["system"]},
        "list_addons": {"addons": ["coredns"]},
    }

    assert found(FakeClients(eks=eks)) == [
        ("eks", "addon", "a/coredns"),
        ("eks", "cluster", "a"),
        ("eks", "node-group", "a/system"),
    ]


def test_roles_are_told_apart_by_tag() -> None:
    """Names that begin alike are decided by the tags of each role."""
    tags: dict[str, Any] = {"a-node": MINE, "a-b-node": OTHERS}
    clients = FakeClients(
        iam={
            "list_roles": {"Roles": [{"RoleName": "a-node"}, {"RoleName": "a-b-node"}]},
            "list_role_tags": lambda RoleName: {"Tags": tags[RoleName]},  # noqa: N803 - AWS's name
        }
    )

    assert found(clients) == [("iam", "role", "a-node")]


def test_role_deleted_meanwhile() -> None:
    """A role that vanishes between list and tags is gone."""
    clients = FakeClients(
        iam={
            "list_roles": {"Roles": [{"RoleName": "a-node"}]},
            "list_role_tags": aws_error("NoSuchEntity"),
        }
    )

    assert found(clients) == []


def test_log_group_that_eks_made_again() -> None:
    """The cluster's log group counts without any tag; one that ends alike does not."""
    groups = [
        {"logGroupName": f"/aws/eks/{name}/cluster", "arn": f"arn:{name}:*"}
        for name in ("a", "a-b")
    ]
    clients = FakeClients(logs={"describe_log_groups": {"logGroups": groups}})

    assert found(clients) == [("logs", "log-group", "/aws/eks/a/cluster")]


def test_key_that_waits_for_deletion_is_gone() -> None:
    """KMS keeps a deleted key for days; it costs nothing and cannot be used."""

    def describe(KeyId: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        state = {"k-1": "Enabled", "k-2": "PendingDeletion"}[KeyId]
        return {"KeyMetadata": {"KeyState": state}}

    clients = FakeClients(
        kms={
            "list_keys": {"Keys": [{"KeyId": "k-1"}, {"KeyId": "k-2"}]},
            "list_resource_tags": {"Tags": [{"TagKey": "jhub.deployment", "TagValue": "a"}]},
            "describe_key": describe,
        }
    )

    assert found(clients) == [("kms", "key", "k-1")]


def test_pool_with_its_domain() -> None:
    """A user pool is found by its tags, and its login domain with it."""
    pool = {"UserPool": {"UserPoolTags": {"jhub.deployment": "a"}, "Domain": "a-login"}}
    clients = FakeClients(
        cognito_idp={
            "list_user_pools": {"UserPools": [{"Id": "pool-1", "Name": "a"}]},
            "describe_user_pool": pool,
        }
    )

    assert found(clients) == [
        ("cognito-idp", "domain", "a-login"),
        ("cognito-idp", "user-pool", "pool-1"),
    ]


def test_denied_service_is_named() -> None:
    """A service that may not be asked is an error that names it, not an empty list."""
    clients = FakeClients(sqs={"list_queues": aws_error("AccessDenied")})

    with pytest.raises(PreflightError, match="access denied: cannot list the resources of sqs"):
        find_resources(clients, "a")


def test_all_failures_are_named() -> None:
    """Several failures are reported together."""
    clients = FakeClients(
        sqs={"list_queues": aws_error("AccessDenied")},
        kms={"list_keys": aws_error("InternalFailure")},
    )

    with pytest.raises(PreflightError, match="2 AWS services") as caught:
        find_resources(clients, "a")

    assert "sqs" in caught.value.cause
    assert "kms" in caught.value.cause


def test_the_owned_are_found_by_tag_alone() -> None:
    """Neither a cluster of the name nor what it made counts; parts of what is tagged do."""
    by_cluster = [{"Key": "kubernetes.io/cluster/a", "Value": "owned"}]
    clients = FakeClients(
        ec2={
            "describe_security_groups": {
                "SecurityGroups": [
                    {"GroupId": "sg-1", "Tags": MINE},
                    {"GroupId": "sg-2", "Tags": by_cluster},
                    {"GroupId": "sg-3", "Tags": OTHERS},
                ]
            }
        },
        eks={
            "list_clusters": {"clusters": ["a"]},
            "describe_cluster": {"cluster": {"tags": {}}},
            "list_addons": {"addons": ["coredns"]},
        },
        logs={
            "describe_log_groups": {
                "logGroups": [{"logGroupName": "/aws/eks/a/cluster", "arn": "arn:l:*"}]
            }
        },
        efs={
            "describe_file_systems": {"FileSystems": [{"FileSystemId": "fs-1", "Tags": MINE}]},
            "describe_mount_targets": {"MountTargets": [{"MountTargetId": "fsmt-1"}]},
        },
    )

    owned = [(r.kind, r.identifier) for r in find_owned(clients, "a")]

    assert owned == [
        ("security-group", "sg-1"),
        ("file-system", "fs-1"),
        ("mount-target", "fsmt-1"),
    ]
