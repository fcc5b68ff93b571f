"""Intent of stack ``cluster``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stacks.system_nodes import ami_type_of
from tests.support.synth import ABSENT, Contains, JsonText, Matching
from tests.synth.support_stacks import KEY_ARN, deployment

if TYPE_CHECKING:
    from tests.support.synth import StackJson, Stacks, Synthesizer

BEFORE_NODES = {"vpc-cni", "eks-pod-identity-agent", "kube-proxy"}
AFTER_NODES = {
    "coredns",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "metrics-server",
    "eks-node-monitoring-agent",
}


def addon(stack: StackJson, name: str) -> dict[str, object]:
    return stack.the("aws_eks_addon", addon_name=name)


def test_access_is_by_entries_only(default_stacks: Stacks) -> None:
    """No aws-auth map, and the identity that deploys can use the API afterwards."""
    default_stacks["cluster"].the(
        "aws_eks_cluster",
        name="jupyterhub-on-eks",
        version="1.36",
        access_config={
            "authentication_mode": "API",
            "bootstrap_cluster_creator_admin_permissions": True,
        },
        bootstrap_self_managed_addons=False,
        upgrade_policy={"support_type": "STANDARD"},
    )


def test_endpoint_is_private_unless_networks_are_named(default_stacks: Stacks) -> None:
    """Without `public_access_cidrs` the API is not reachable from the internet."""
    default_stacks["cluster"].the(
        "aws_eks_cluster",
        vpc_config={
            "endpoint_private_access": True,
            "endpoint_public_access": False,
            "public_access_cidrs": ABSENT,
        },
    )


def test_public_endpoint_admits_only_the_named_networks(synthesizer: Synthesizer) -> None:
    """The public endpoint is open to exactly the networks of the configuration."""
    stacks = synthesizer(deployment(cluster={"public_access_cidrs": ["203.0.113.0/24"]}))
    stacks["cluster"].the(
        "aws_eks_cluster",
        vpc_config={
            "endpoint_private_access": True,
            "endpoint_public_access": True,
            "public_access_cidrs": ["203.0.113.0/24"],
        },
    )


def test_logs_have_a_group_that_expires_and_goes_with_the_deployment(
    default_stacks: Stacks,
) -> None:
    """The log group is ours, has a retention, and stands before the cluster."""
    cluster = default_stacks["cluster"]
    cluster.the(
        "aws_cloudwatch_log_group",
        name="/aws/eks/jupyterhub-on-eks/cluster",
        retention_in_days=90,
    )
    cluster.the(
        "aws_eks_cluster",
        depends_on=Contains("aws_cloudwatch_log_group.LogGroup"),
        enabled_cluster_log_types=[
            "api",
            "audit",
            "authenticator",
            "controllerManager",
            "scheduler",
        ],
    )


def test_customer_key_encrypts_secrets(synthesizer: Synthesizer) -> None:
    """A KMS key in the configuration encrypts the cluster's secrets."""
    synthesizer(deployment(cluster={"kms_key_arn": KEY_ARN}))["cluster"].the(
        "aws_eks_cluster",
        encryption_config={"provider": {"key_arn": KEY_ARN}, "resources": ["secrets"]},
    )


def test_admins_are_cluster_administrators(synthesizer: Synthesizer) -> None:
    """Each listed ARN gets an access entry and the administrator policy."""
    arn = "arn:aws:iam::123456789012:role/Admin"
    cluster = synthesizer(deployment(cluster={"admins": [arn]}))["cluster"]
    cluster.the("aws_eks_access_entry", principal_arn=arn)
    cluster.the(
        "aws_eks_access_policy_association",
        policy_arn=Matching("AmazonEKSClusterAdminPolicy$"),
        access_scope={"type": "cluster"},
    )


def test_order_of_admins_does_not_matter(synthesizer: Synthesizer) -> None:
    """Turning the list round replaces nobody's access."""
    arns = [f"arn:aws:iam::123456789012:role/{name}" for name in ("A", "B")]
    one = synthesizer(deployment(cluster={"admins": arns}))["cluster"]
    other = synthesizer(deployment(cluster={"admins": arns[::-1]}))["cluster"]
    assert one.content == other.content


def test_nodes_wait_for_network_and_identity_addons(default_stacks: Stacks) -> None:
    """The node group starts once the add-ons that make nodes ready are there."""
    cluster = default_stacks["cluster"]
    nodes = cluster.the("aws_eks_node_group")
    for name in BEFORE_NODES:
        assert "aws_eks_node_group.SystemNodes" not in addon(cluster, name).get("depends_on", [])
        key = next(
            k for k, v in cluster.resources("aws_eks_addon").items() if v["addon_name"] == name
        )
        assert f"aws_eks_addon.{key}" in nodes["depends_on"]


def test_system_nodes_follow_the_version_of_the_cluster(default_stacks: Stacks) -> None:
    """Left out, EKS would keep the nodes at the version they were made with."""
    default_stacks["cluster"].the(
        "aws_eks_node_group", version="${aws_eks_cluster.Cluster.version}"
    )


def test_other_addons_wait_for_the_nodes(default_stacks: Stacks) -> None:
    """What needs a node to become active is installed after the node group."""
    cluster = default_stacks["cluster"]
    for name in AFTER_NODES:
        assert "aws_eks_node_group.SystemNodes" in addon(cluster, name)["depends_on"]
    assert len(cluster.resources("aws_eks_addon")) == len(BEFORE_NODES | AFTER_NODES)


def test_addon_versions_are_the_newest_that_fit(default_stacks: Stacks) -> None:
    """Every add-on's version is asked of EKS for the cluster's Kubernetes version."""
    for body in default_stacks["cluster"].data("aws_eks_addon_version").values():
        assert (body["kubernetes_version"], body["most_recent"]) == ("1.36", True)
    for body in default_stacks["cluster"].resources("aws_eks_addon").values():
        assert body["addon_version"].startswith("${data.aws_eks_addon_version.")


def test_addons_call_aws_by_pod_identity(default_stacks: Stacks) -> None:
    """The network and storage drivers have a role of their own, bound before they start."""
    cluster = default_stacks["cluster"]
    accounts = {"aws-node", "ebs-csi-controller-sa", "efs-csi-controller-sa"}
    found = cluster.resources("aws_eks_pod_identity_association")
    assert {body["service_account"] for body in found.values()} == accounts
    assert {body["namespace"] for body in found.values()} == {"kube-system"}
    for name in ("vpc-cni", "aws-ebs-csi-driver", "aws-efs-csi-driver"):
        waits = addon(cluster, name)["depends_on"]
        assert any("aws_eks_pod_identity_association" in str(wait) for wait in waits)  # type: ignore[attr-defined]


def test_network_policies_are_enforced(default_stacks: Stacks) -> None:
    """The network add-on enforces policies and, by default, delegates no prefixes."""
    default_stacks["cluster"].the(
        "aws_eks_addon",
        addon_name="vpc-cni",
        configuration_values=JsonText({"enableNetworkPolicy": "true"}),
    )
    values = addon(default_stacks["cluster"], "vpc-cni")["configuration_values"]
    assert json.loads(str(values)).get("env") is None


def test_prefix_delegation_is_an_option(synthesizer: Synthesizer) -> None:
    """Asked for, it is added to the base values and does not replace them."""
    synthesizer(deployment(cluster={"prefix_delegation": True}))["cluster"].the(
        "aws_eks_addon",
        addon_name="vpc-cni",
        configuration_values=JsonText(
            {
                "enableNetworkPolicy": "true",
                "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
            }
        ),
    )


def test_volumes_carry_the_deployment(default_stacks: Stacks) -> None:
    """Volumes that the EBS driver makes can be found and swept by tag."""
    default_stacks["cluster"].the(
        "aws_eks_addon",
        addon_name="aws-ebs-csi-driver",
        configuration_values=JsonText(
            {"controller": {"extraVolumeTags": {"jhub.deployment": "jupyterhub-on-eks"}}}
        ),
    )


def test_instance_credentials_stay_on_the_node(default_stacks: Stacks) -> None:
    """IMDSv2 is required and its answers go one hop, so that no pod gets them."""
    default_stacks["cluster"].the(
        "aws_launch_template",
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": 1,
        },
    )


def test_node_disks_are_encrypted(synthesizer: Synthesizer) -> None:
    """The root volume is encrypted gp3 of the configured size and goes with the node."""
    stacks = synthesizer(deployment(cluster={"system_nodes": {"disk_gib": 77}}))
    stacks["cluster"].the(
        "aws_launch_template",
        block_device_mappings=[
            {
                "device_name": "/dev/xvda",
                "ebs": {
                    "encrypted": "true",
                    "volume_type": "gp3",
                    "volume_size": 77,
                    "delete_on_termination": "true",
                },
            }
        ],
    )


def test_what_ec2_makes_for_nodes_is_tagged(default_stacks: Stacks) -> None:
    """Instances, volumes and interfaces carry the deployment; default tags do not reach them."""
    template = default_stacks["cluster"].the("aws_launch_template")
    specifications = {
        body["resource_type"]: body["tags"] for body in template["tag_specifications"]
    }
    assert set(specifications) == {"instance", "volume", "network-interface"}
    assert all(tags["jhub.deployment"] == "jupyterhub-on-eks" for tags in specifications.values())


def test_system_nodes_are_for_the_hub(default_stacks: Stacks) -> None:
    """Two to four nodes in two zones, labelled for the hub's core, untainted."""
    default_stacks["cluster"].the(
        "aws_eks_node_group",
        labels={"hub.jupyter.org/node-purpose": "core"},
        taint=ABSENT,
        subnet_ids=lambda ids: len(ids) == 2,
        scaling_config={"min_size": 2, "max_size": 4, "desired_size": 2},
        update_config={"max_unavailable": 1},
        launch_template={"version": Matching("latest_version")},
        lifecycle={"create_before_destroy": True},
    )


@pytest.mark.parametrize(
    ("instance_type", "ami_type"),
    [
        ("m7i.large", "AL2023_x86_64_STANDARD"),
        ("m7g.large", "AL2023_ARM_64_STANDARD"),
        ("c7gn.xlarge", "AL2023_ARM_64_STANDARD"),
        ("g5.xlarge", "AL2023_x86_64_STANDARD"),
        ("g5g.xlarge", "AL2023_ARM_64_STANDARD"),
        ("im4gn.large", "AL2023_ARM_64_STANDARD"),
        ("a1.large", "AL2023_ARM_64_STANDARD"),
        ("m7i-flex.large", "AL2023_x86_64_STANDARD"),
        ("u-6tb1.metal", "AL2023_x86_64_STANDARD"),
    ],
)
def test_image_fits_the_processor(instance_type: str, ami_type: str) -> None:
    """Graviton types get the ARM image, all others the x86-64 one."""
    assert ami_type_of(instance_type) == ami_type


def test_karpenter_finds_the_clusters_security_group(default_stacks: Stacks) -> None:
    """The group that EKS makes gets the discovery tag and the deployment's."""
    tags = default_stacks["cluster"].resources("aws_ec2_tag").values()
    assert {(body["key"], body["value"]) for body in tags} == {
        ("karpenter.sh/discovery", "jupyterhub-on-eks"),
        ("jhub.deployment", "jupyterhub-on-eks"),
    }
    assert all("cluster_security_group_id" in body["resource_id"] for body in tags)


def test_deletion_protection_asks_for_the_provider_that_knows_it(
    default_stacks: Stacks, synthesizer: Synthesizer
) -> None:
    """The argument came with provider 6.9; without it nothing newer than 5.100 is asked for."""
    protected = synthesizer(deployment(cluster={"deletion_protection": True}))["cluster"]
    protected.the("aws_eks_cluster", deletion_protection=True)
    assert protected.content["terraform"]["required_providers"]["aws"]["version"] == (
        ">= 6.9.0, < 7.0.0"
    )
    default_stacks["cluster"].the("aws_eks_cluster", deletion_protection=ABSENT)


def test_every_zone_of_the_system_nodes_always_has_one(default_stacks: Stacks) -> None:
    """The hub's volume cannot leave its zone, so a node must be there to mount it (P17)."""
    group = default_stacks["cluster"].the("aws_eks_node_group")
    assert len(group["subnet_ids"]) <= group["scaling_config"]["min_size"]
