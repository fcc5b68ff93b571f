"""Intent of stack ``karpenter``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.synth import JsonText, Matching
from tests.synth.support_stacks import deployment

if TYPE_CHECKING:
    from tests.support.synth import Stacks, Synthesizer


def statements(stacks: Stacks) -> dict[str, dict[str, Any]]:
    """Return every statement of the controllers' own policies by Sid."""
    return {
        entry["Sid"]: entry
        for body in stacks["karpenter"].resources("aws_iam_policy").values()
        for entry in json.loads(body["policy"])["Statement"]
    }


def test_cluster_and_storage_come_first(default_stacks: Stacks) -> None:
    """It joins nodes and file system, which are made at the same time before it."""
    assert set(default_stacks["karpenter"].stack.depends_on) == {
        "cluster",
        "storage",
        "interruption",
    }
    assert default_stacks["cluster"].stack.depends_on == ("network",)
    assert default_stacks["storage"].stack.depends_on == ("network",)


def test_nodes_may_join_the_cluster(default_stacks: Stacks) -> None:
    """Karpenter's nodes enter by an access entry of their kind."""
    default_stacks["karpenter"].the(
        "aws_eks_access_entry",
        type="EC2_LINUX",
        principal_arn="${aws_iam_role.KarpenterNodeRole.arn}",
    )


def test_node_role_has_the_four_policies_of_a_node(default_stacks: Stacks) -> None:
    """Nodes may register, give pods addresses, pull images and be reached by SSM."""
    attached = default_stacks["karpenter"].matching(
        "aws_iam_role_policy_attachment", role="${aws_iam_role.KarpenterNodeRole.name}"
    )
    assert {body["policy_arn"].rpartition("/")[2] for body in attached.values()} == {
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    }


def test_instance_profile_is_terraforms(default_stacks: Stacks) -> None:
    """The profile goes with the stack, so the controller may neither make nor delete one."""
    default_stacks["karpenter"].the(
        "aws_iam_instance_profile", role="${aws_iam_role.KarpenterNodeRole.name}"
    )
    actions = {
        action
        for entry in statements(default_stacks).values()
        for action in ([entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"])
    }
    assert not {
        action for action in actions if action.startswith("iam:") and "Profile" in action
    } - {
        "iam:GetInstanceProfile",
        "iam:ListInstanceProfiles",
    }


def test_controller_has_the_six_policies(default_stacks: Stacks) -> None:
    """Its role holds upstream's six policies, each attached to it alone."""
    attached = default_stacks["karpenter"].matching(
        "aws_iam_role_policy_attachment", role="${aws_iam_role.KarpenterRole.name}"
    )
    assert len(attached) == 6


def test_controller_starts_and_ends_only_nodes_of_this_cluster(default_stacks: Stacks) -> None:
    """What it creates must be tagged with this cluster, and it deletes nothing else."""
    found = statements(default_stacks)
    owned = "kubernetes.io/cluster/jupyterhub-on-eks"
    created = found["AllowScopedEC2InstanceActionsWithTags"]["Condition"]["StringEquals"]
    assert created[f"aws:RequestTag/{owned}"] == "owned"
    assert created["aws:RequestTag/eks:eks-cluster-name"] == "jupyterhub-on-eks"
    deleted = found["AllowScopedDeletion"]["Condition"]["StringEquals"]
    assert deleted == {f"aws:ResourceTag/{owned}": "owned"}


def test_controller_passes_only_the_node_role(default_stacks: Stacks) -> None:
    """It can hand EC2 the node role and no other."""
    entry = statements(default_stacks)["AllowPassingInstanceRole"]
    assert entry["Resource"] == "${aws_iam_role.KarpenterNodeRole.arn}"
    assert "ec2.amazonaws.com" in entry["Condition"]["StringEquals"]["iam:PassedToService"]


def test_no_placeholder_is_left(default_stacks: Stacks) -> None:
    """Every placeholder of the data file has got its value."""
    text = json.dumps(default_stacks["karpenter"].content)
    for name in ("partition", "region", "account", "cluster_name", "queue_arn", "url_suffix"):
        assert f"${{{name}}}" not in text


def test_another_partition_is_respected(synthesizer: Synthesizer) -> None:
    """In China every ARN is of its partition and EC2 has its name of there."""
    karpenter = synthesizer(deployment(region="cn-north-1"))["karpenter"]
    assert '"arn:aws:' not in json.dumps(karpenter.content).replace("\\", "")
    karpenter.the(
        "aws_iam_role",
        name=Matching("karpenter-node$"),
        assume_role_policy=JsonText(
            {"Statement": [{"Principal": {"Service": "ec2.amazonaws.com.cn"}}]}
        ),
    )


def test_controllers_are_bound_to_their_service_accounts(default_stacks: Stacks) -> None:
    """Each controller's role reaches its own service account in kube-system."""
    for account, role in (
        ("karpenter", "KarpenterRole"),
        ("aws-load-balancer-controller", "LoadBalancerRole"),
    ):
        default_stacks["karpenter"].the(
            "aws_eks_pod_identity_association",
            namespace="kube-system",
            service_account=account,
            role_arn=f"${{aws_iam_role.{role}.arn}}",
        )


def test_load_balancer_controller_has_upstreams_sixteen_grants(default_stacks: Stacks) -> None:
    """The policy has as many statements as the controller's own at v3.5.0."""
    policy = default_stacks["karpenter"].the(
        "aws_iam_policy", name=Matching("load-balancer-controller$")
    )["policy"]
    assert len(json.loads(policy)["Statement"]) == 16


def test_load_balancers_of_other_clusters_are_out_of_reach(default_stacks: Stacks) -> None:
    """Deleting and changing needs the tag of this very cluster."""
    own = {"aws:ResourceTag/elbv2.k8s.aws/cluster": "jupyterhub-on-eks"}
    found = statements(default_stacks)
    for sid in ("ChangeOwn", "ChangeOwnGroups", "TagOwn", "TagOwnGroups"):
        assert found[sid]["Condition"]["StringEquals"] == own


def test_only_nodes_reach_the_files(default_stacks: Stacks) -> None:
    """NFS is open to the cluster's security group, to no address range, and nothing else is."""
    rule = default_stacks["karpenter"].the("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (2049, 2049, "tcp")
    assert "cluster_security_group_id" in rule["referenced_security_group_id"]
    assert not {"cidr_ipv4", "cidr_ipv6", "prefix_list_id"} & set(rule)
