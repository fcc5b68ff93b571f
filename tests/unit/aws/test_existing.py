"""A configured resource that exists is found with its import id, if it is the deployment's."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.aws.existing import find_existing
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.ports import Wanted
from tests.support.aws import FakeClients, aws_error

MINE = {"jhub.deployment": "a"}
LIST = [{"Key": "jhub.deployment", "Value": "a"}]
NAMED = [*LIST, {"Key": "Name", "Value": "a-x"}]
OTHERS = [{"Key": "jhub.deployment", "Value": "a-b"}]
NAME_TAG = {"tags": {"Name": "a-x"}}

# Terraform type, known arguments, answers by service, import id as the provider documents it.
CASES: list[tuple[str, dict[str, Any], dict[str, dict[str, Any]], str]] = [
    (
        "aws_vpc",
        NAME_TAG,
        {"ec2": {"describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1", "Tags": NAMED}]}}},
        "vpc-1",
    ),
    (
        "aws_subnet",
        {**NAME_TAG, "vpc_id": "vpc-1", "cidr_block": "10.0.0.0/24"},
        {
            "ec2": {
                "describe_subnets": {
                    "Subnets": [
                        {
                            "SubnetId": f"subnet-{vpc}",
                            "VpcId": vpc,
                            "CidrBlock": "10.0.0.0/24",
                            "Tags": NAMED,
                        }
                        for vpc in ("vpc-0", "vpc-1")
                    ]
                }
            }
        },
        "subnet-vpc-1",
    ),
    (
        "aws_nat_gateway",
        {**NAME_TAG, "subnet_id": "subnet-1"},
        {
            "ec2": {
                "describe_nat_gateways": {
                    "NatGateways": [
                        {
                            "NatGatewayId": f"nat-{state}",
                            "SubnetId": "subnet-1",
                            "State": state,
                            "Tags": NAMED,
                        }
                        for state in ("deleted", "failed", "available")
                    ]
                }
            }
        },
        "nat-available",
    ),
    (
        "aws_route",
        {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"},
        {
            "ec2": {
                "describe_route_tables": {
                    "RouteTables": [
                        {
                            "RouteTableId": "rtb-1",
                            "Tags": LIST,
                            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0"}],
                        }
                    ]
                }
            }
        },
        "rtb-1_0.0.0.0/0",
    ),
    (
        "aws_route_table_association",
        {"route_table_id": "rtb-1", "subnet_id": "subnet-1"},
        {
            "ec2": {
                "describe_route_tables": {
                    "RouteTables": [
                        {
                            "RouteTableId": "rtb-1",
                            "Tags": LIST,
                            "Associations": [{"SubnetId": "subnet-1"}],
                        }
                    ]
                }
            }
        },
        "subnet-1/rtb-1",
    ),
    ("aws_iam_role", {"name": "a-r"}, {"iam": {"list_role_tags": {"Tags": LIST}}}, "a-r"),
    (
        "aws_iam_instance_profile",
        {"name": "a-p"},
        {"iam": {"list_instance_profile_tags": {"Tags": LIST}}},
        "a-p",
    ),
    (
        "aws_iam_policy",
        {"name": "a-p"},
        {
            "iam": {
                "list_policies": {"Policies": [{"PolicyName": "a-p", "Arn": "arn:p"}]},
                "list_policy_tags": {"Tags": LIST},
            }
        },
        "arn:p",
    ),
    (
        "aws_sqs_queue",
        {"name": "a-q"},
        {"sqs": {"get_queue_url": {"QueueUrl": "https://q"}, "list_queue_tags": {"Tags": MINE}}},
        "https://q",
    ),
    (
        "aws_budgets_budget",
        {"name": "a-month"},
        {
            "sts": {"get_caller_identity": {"Account": "123456789012"}},
            "budgets": {
                "describe_budget": {"Budget": {"BudgetName": "a-month"}},
                "list_tags_for_resource": {"ResourceTags": LIST},
            },
        },
        "123456789012:a-month",
    ),
    (
        "aws_cloudwatch_event_rule",
        {"name": "a-r"},
        {"events": {"describe_rule": {"Arn": "arn:r"}, "list_tags_for_resource": {"Tags": LIST}}},
        "a-r",
    ),
    (
        "aws_cloudwatch_log_group",
        {"name": "/aws/eks/a/cluster"},
        {
            "logs": {
                "describe_log_groups": {
                    "logGroups": [{"logGroupName": "/aws/eks/a/cluster", "arn": "arn:l:*"}]
                },
                "list_tags_for_resource": {"tags": MINE},
            }
        },
        "/aws/eks/a/cluster",
    ),
    (
        "aws_eks_cluster",
        {"name": "a"},
        {"eks": {"describe_cluster": {"cluster": {"status": "ACTIVE", "tags": MINE}}}},
        "a",
    ),
    (
        "aws_eks_addon",
        {"cluster_name": "a", "addon_name": "coredns"},
        {"eks": {"describe_addon": {"addon": {"status": "ACTIVE", "tags": MINE}}}},
        "a:coredns",
    ),
    (
        "aws_eks_node_group",
        {"cluster_name": "a", "node_group_name_prefix": "system-"},
        {
            "eks": {
                "list_nodegroups": {"nodegroups": ["gpu-1", "system-1"]},
                "describe_nodegroup": {"nodegroup": {"status": "ACTIVE", "tags": MINE}},
            }
        },
        "a:system-1",
    ),
    (
        "aws_eks_access_entry",
        {"cluster_name": "a", "principal_arn": "arn:x"},
        {"eks": {"describe_access_entry": {"accessEntry": {"tags": MINE}}}},
        "a:arn:x",
    ),
    (
        "aws_eks_pod_identity_association",
        {"cluster_name": "a", "namespace": "n", "service_account": "s"},
        {
            "eks": {
                "list_pod_identity_associations": {"associations": [{"associationId": "a-1"}]},
                "describe_pod_identity_association": {"association": {"tags": MINE}},
            }
        },
        "a,a-1",
    ),
    (
        "aws_efs_file_system",
        {**NAME_TAG, "creation_token": "a-files"},
        {"efs": {"describe_file_systems": {"FileSystems": [{"FileSystemId": "f", "Tags": NAMED}]}}},
        "f",
    ),
    (
        "aws_efs_access_point",
        {**NAME_TAG, "file_system_id": "fs-1"},
        {
            "efs": {
                "describe_access_points": {
                    "AccessPoints": [
                        {"AccessPointId": "fsap-1", "Tags": NAMED},
                        {"AccessPointId": "fsap-2", "Tags": LIST},
                    ]
                }
            }
        },
        "fsap-1",
    ),
    (
        "aws_efs_mount_target",
        {"file_system_id": "fs-1", "subnet_id": "subnet-2"},
        {
            "efs": {
                "describe_mount_targets": {
                    "MountTargets": [
                        {"MountTargetId": f"fsmt-{n}", "SubnetId": f"subnet-{n}"} for n in (1, 2)
                    ]
                }
            }
        },
        "fsmt-2",
    ),
    (
        "aws_backup_vault",
        {"name": "a-files"},
        {
            "backup": {
                "list_backup_vaults": {
                    "BackupVaultList": [{"BackupVaultName": "a-files", "BackupVaultArn": "arn:v"}]
                },
                "list_tags": {"Tags": MINE},
            }
        },
        "a-files",
    ),
    (
        "aws_backup_plan",
        {"name": "a-files"},
        {
            "backup": {
                "list_backup_plans": {
                    "BackupPlansList": [
                        {"BackupPlanName": "a-files", "BackupPlanArn": key, "BackupPlanId": key}
                        for key in ("p2", "p1")
                    ]
                },
                "list_tags": {"Tags": MINE},
            }
        },
        "p1",
    ),
    (
        "aws_backup_selection",
        {"plan_id": "p1", "name": "a-files"},
        {
            "backup": {
                "list_backup_selections": {
                    "BackupSelectionsList": [{"SelectionName": "a-files", "SelectionId": "s1"}]
                }
            }
        },
        "p1|s1",
    ),
    (
        "aws_cognito_user_pool",
        {"name": "a-users"},
        {
            "cognito-idp": {
                "list_user_pools": {"UserPools": [{"Name": "a-users", "Id": "pool_1"}]},
                "describe_user_pool": {"UserPool": {"UserPoolTags": MINE}},
            }
        },
        "pool_1",
    ),
    (
        "aws_cognito_user_pool_domain",
        {"user_pool_id": "pool_1", "domain": "a-d"},
        {
            "cognito-idp": {
                "describe_user_pool_domain": {"DomainDescription": {"UserPoolId": "pool_1"}}
            }
        },
        "a-d",
    ),
    (
        "aws_cognito_user_group",
        {"user_pool_id": "pool_1", "name": "admins"},
        {"cognito-idp": {"get_group": {"Group": {"GroupName": "admins"}}}},
        "pool_1/admins",
    ),
    (
        "aws_cognito_identity_provider",
        {"user_pool_id": "pool_1", "provider_name": "Corp"},
        {
            "cognito-idp": {
                "describe_identity_provider": {"IdentityProvider": {"ProviderName": "Corp"}}
            }
        },
        "pool_1:Corp",
    ),
]
_IDS = [case[0] for case in CASES]
# Identified by a parent that is the deployment's, not by tags of their own.
_PARTS = {
    "aws_backup_selection",
    "aws_cognito_identity_provider",
    "aws_cognito_user_group",
    "aws_cognito_user_pool_domain",
    "aws_efs_mount_target",
}


def _find(kind: str, settings: dict[str, Any], answers: dict[str, Any]) -> str | None:
    clients = FakeClients(**{key.replace("-", "_"): value for key, value in answers.items()})
    wanted = Wanted(address="x.y", type=kind, settings=settings)
    return find_existing(clients, "a", [wanted]).get("x.y")


def _untagged(answers: Any) -> Any:
    """Return answers in which every tag is another deployment's."""
    if answers in (MINE, LIST, NAMED):
        return {"jhub.deployment": "a-b"} if answers == MINE else OTHERS
    if isinstance(answers, dict):
        return {key: _untagged(value) for key, value in answers.items()}
    return [_untagged(each) for each in answers] if isinstance(answers, list) else answers


@pytest.mark.parametrize(("kind", "settings", "answers", "expected"), CASES, ids=_IDS)
def test_each_kind_is_found(
    kind: str, settings: dict[str, Any], answers: dict[str, Any], expected: str
) -> None:
    """The id is the one that the provider's import takes."""
    assert _find(kind, settings, answers) == expected


@pytest.mark.parametrize(
    ("kind", "settings", "answers", "expected"),
    [case for case in CASES if case[0] not in _PARTS],
    ids=[each for each in _IDS if each not in _PARTS],
)
def test_another_deployments_is_not_found(
    kind: str, settings: dict[str, Any], answers: dict[str, Any], expected: str
) -> None:
    """The tag decides, compared as a whole."""
    assert expected
    assert _find(kind, settings, _untagged(answers)) is None


@pytest.mark.parametrize(("kind", "settings", "answers", "expected"), CASES, ids=_IDS)
def test_without_its_arguments_nothing_is_found(
    kind: str, settings: dict[str, Any], answers: dict[str, Any], expected: str
) -> None:
    """A reference whose value is not known yet leaves it to the next round."""
    arguments = [name for name in settings if name != "tags"]
    assert expected
    for name in arguments:
        fewer = {key: value for key, value in settings.items() if key != name}
        assert _find(kind, fewer, answers) is None


@pytest.mark.parametrize("code", ["NoSuchEntity", "ResourceNotFoundException"])
def test_what_does_not_exist_is_no_error(code: str) -> None:
    """Services say so with an error."""
    answers = {"iam": {"list_role_tags": aws_error(code)}}
    assert _find("aws_iam_role", {"name": "a-r"}, answers) is None


def test_a_service_that_cannot_be_asked_is_an_error() -> None:
    """Silence is not taken for absence."""
    with pytest.raises(PreflightError, match=r"look for x\.y"):
        _find("aws_iam_role", {"name": "a"}, {"iam": {"list_role_tags": aws_error("Throttling")}})


def test_what_aws_is_still_making_is_waited_for_by_people() -> None:
    """An import now would change something that is not finished."""
    cluster = {"cluster": {"status": "CREATING", "tags": MINE}}
    with pytest.raises(PreflightError, match="still making the cluster a") as caught:
        _find("aws_eks_cluster", {"name": "a"}, {"eks": {"describe_cluster": cluster}})
    assert "wait" in caught.value.hint


def test_of_several_that_fit_none_is_taken() -> None:
    """A guess could take over the wrong one."""
    vpcs = [{"VpcId": f"vpc-{n}", "Tags": NAMED} for n in (1, 2)]
    assert _find("aws_vpc", NAME_TAG, {"ec2": {"describe_vpcs": {"Vpcs": vpcs}}}) is None


def test_kinds_that_are_not_looked_for_are_passed_over() -> None:
    """They are made again without harm."""
    assert _find("aws_iam_role_policy_attachment", {"role": "a"}, {}) is None
