"""Stack ``cluster``: EKS, who may enter it, its system nodes and managed add-ons."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.ec2_tag import Ec2Tag
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from cdktf_cdktf_provider_aws.eks_cluster import (
    EksCluster,
    EksClusterAccessConfig,
    EksClusterEncryptionConfig,
    EksClusterEncryptionConfigProvider,
    EksClusterUpgradePolicy,
    EksClusterVpcConfig,
)
from cdktf_cdktf_provider_aws.eks_node_group import (
    EksNodeGroup,
    EksNodeGroupLaunchTemplate,
    EksNodeGroupScalingConfig,
    EksNodeGroupUpdateConfig,
)

from jupyterhub_eks.naming import DEPLOYMENT_TAG
from jupyterhub_eks.versions import AWS_PROVIDER_RANGE_EKS_DELETION_PROTECTION
from stacks.base import BaseStack
from stacks.cluster_addons import AddonInstaller
from stacks.contracts import ClusterOutputs
from stacks.iam import service_trust
from stacks.launch_template import add_launch_template
from stacks.partitions import dns_suffix_of
from stacks.roles import add_role
from stacks.system_nodes import NODE_LABELS, ami_type_of

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

    from jupyterhub_eks.config.cluster import ClusterConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
    from stacks.contracts import NetworkOutputs

_SYSTEM_ZONES: Final = 2
# The network add-on keeps its policy on the node role too: its pods start before the
# Pod Identity agent can hand out credentials (facts 1.3).
NODE_POLICIES: Final = (
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
)


class ClusterStack(BaseStack):
    """The EKS cluster of one deployment; nothing in here calls the Kubernetes API."""

    outputs: ClusterOutputs

    def __init__(
        self, scope: Construct, *, settings: DeploymentFile, network: NetworkOutputs
    ) -> None:
        super().__init__(scope, "cluster", settings=settings)
        config = settings.cluster
        if config.deletion_protection:
            self.require_aws_provider(AWS_PROVIDER_RANGE_EKS_DELETION_PROTECTION)
        cluster = self._create_cluster(config, network)
        self._tag_cluster_security_group(cluster)
        self._admit_admins(cluster, config)
        addons = AddonInstaller(self, cluster, config)
        before = addons.install_before_nodes()
        nodes = self._create_system_nodes(cluster, config, network, before)
        addons.install_after_nodes(nodes)
        self.outputs = ClusterOutputs(
            cluster_name=cluster.name,
            endpoint=cluster.endpoint,
            certificate_authority=cluster.certificate_authority.get(0).data,
            security_group_id=cluster.vpc_config.cluster_security_group_id,
            version=config.version,
        )
        self._add_outputs()

    def _create_cluster(self, config: ClusterConfig, network: NetworkOutputs) -> EksCluster:
        role = add_role(
            self,
            "Cluster",
            name=self.name_of("cluster", "iam_role"),
            trust=service_trust("eks.amazonaws.com"),
            managed_policies=("AmazonEKSClusterPolicy",),
        )
        # Made before the cluster: EKS would make one that never expires and outlives it.
        logs = CloudwatchLogGroup(
            self,
            "LogGroup",
            name=f"/aws/eks/{self.deployment}/cluster",
            retention_in_days=config.log_retention_days,
        )
        return EksCluster(
            self,
            "Cluster",
            name=self.deployment,
            version=config.version,
            role_arn=role.arn,
            # Extended support costs six times as much and is EKS's default.
            upgrade_policy=EksClusterUpgradePolicy(support_type="STANDARD"),
            # Kubernetes must not bring its own copies of what the add-ons install.
            bootstrap_self_managed_addons=False,
            access_config=EksClusterAccessConfig(
                authentication_mode="API",
                # Else the identity that deploys could not reach the API afterwards.
                bootstrap_cluster_creator_admin_permissions=True,
            ),
            vpc_config=self._endpoint_config(config, network),
            encryption_config=self._encryption(config),
            enabled_cluster_log_types=sorted(config.log_types),
            deletion_protection=True if config.deletion_protection else None,
            depends_on=[logs, *role.attachments],
        )

    @staticmethod
    def _endpoint_config(config: ClusterConfig, network: NetworkOutputs) -> EksClusterVpcConfig:
        public = bool(config.public_access_cidrs)
        return EksClusterVpcConfig(
            subnet_ids=list(network.private_subnet_ids),
            endpoint_private_access=True,
            endpoint_public_access=public,
            public_access_cidrs=sorted(config.public_access_cidrs) if public else None,
        )

    @staticmethod
    def _encryption(config: ClusterConfig) -> EksClusterEncryptionConfig | None:
        if not config.kms_key_arn:
            return None
        return EksClusterEncryptionConfig(
            resources=["secrets"],
            provider=EksClusterEncryptionConfigProvider(key_arn=config.kms_key_arn),
        )

    def _tag_cluster_security_group(self, cluster: EksCluster) -> None:
        """Tag the group that EKS made: default tags do not reach it (facts 8)."""
        tags = {"Discovery": ("karpenter.sh/discovery", self.deployment)}
        tags["Deployment"] = (DEPLOYMENT_TAG, self.deployment)
        for part, (key, value) in tags.items():
            Ec2Tag(
                self,
                f"ClusterSecurityGroup{part}Tag",
                resource_id=cluster.vpc_config.cluster_security_group_id,
                key=key,
                value=value,
            )

    def _admit_admins(self, cluster: EksCluster, config: ClusterConfig) -> None:
        for arn in sorted(set(config.admins)):
            # Named by the ARN, so that the order of the list does not matter.
            part = hashlib.sha256(arn.encode()).hexdigest()[:8]
            entry = EksAccessEntry(
                self, f"Admin{part}", cluster_name=cluster.name, principal_arn=arn, type="STANDARD"
            )
            EksAccessPolicyAssociation(
                self,
                f"AdminPolicy{part}",
                cluster_name=cluster.name,
                principal_arn=entry.principal_arn,
                policy_arn=f"arn:{self.partition}:eks::aws:cluster-access-policy/"
                "AmazonEKSClusterAdminPolicy",
                access_scope=EksAccessPolicyAssociationAccessScope(type="cluster"),
            )

    def _create_system_nodes(
        self,
        cluster: EksCluster,
        config: ClusterConfig,
        network: NetworkOutputs,
        before: list[IConstruct],
    ) -> EksNodeGroup:
        nodes = config.system_nodes
        role = add_role(
            self,
            "Node",
            name=self.name_of("node", "iam_role"),
            trust=service_trust(f"ec2.{dns_suffix_of(self.aws_region)}"),
            managed_policies=NODE_POLICIES,
        )
        template = add_launch_template(self, disk_gib=nodes.disk_gib)
        return EksNodeGroup(
            self,
            "SystemNodes",
            cluster_name=cluster.name,
            # With a prefix, a replacement stands before the old group goes.
            node_group_name_prefix="system-",
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            # Without it EKS leaves the nodes at the version they were made with.
            version=cluster.version,
            node_role_arn=role.arn,
            # Two zones for at least two nodes: the hub's volume lives in one zone, and a
            # third could take the node away from it.
            subnet_ids=list(network.node_subnet_ids[:_SYSTEM_ZONES]),
            ami_type=ami_type_of(nodes.instance_types[0]),
            instance_types=list(nodes.instance_types),
            capacity_type="ON_DEMAND",
            labels=NODE_LABELS,
            launch_template=EksNodeGroupLaunchTemplate(
                id=template.id, version=f"${{{template.fqn}.latest_version}}"
            ),
            scaling_config=EksNodeGroupScalingConfig(
                min_size=nodes.min, max_size=max(nodes.min, nodes.max), desired_size=nodes.min
            ),
            update_config=EksNodeGroupUpdateConfig(max_unavailable=1),
            depends_on=[*role.attachments, *before],
        )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("cluster_name", out.cluster_name, "Name of the EKS cluster")
        self.add_output("cluster_endpoint", out.endpoint, "URL of the Kubernetes API")
        self.add_output(
            "cluster_security_group_id", out.security_group_id, "Group of control plane and nodes"
        )
        self.add_output("kubernetes_version", out.version, "Kubernetes minor version")
