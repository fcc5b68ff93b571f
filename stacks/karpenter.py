"""Stack ``karpenter``: roles of the in-cluster controllers, and the access of their nodes.

Only the AWS side; the controllers themselves come with stack ``platform``. It also
opens NFS to the nodes: it is the first stack that needs both file system and cluster,
and it comes last anyway, so those two are made at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from stacks import karpenter_iam
from stacks.base import BaseStack
from stacks.contracts import KarpenterOutputs
from stacks.iam import pod_identity_trust
from stacks.load_balancer_iam import SERVICE_ACCOUNT as LOAD_BALANCER_SERVICE_ACCOUNT
from stacks.load_balancer_iam import load_balancer_policy
from stacks.partitions import dns_suffix_of
from stacks.roles import Role, add_role

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile
    from stacks.contracts import ClusterOutputs, InterruptionOutputs, StorageOutputs

CONTROLLER_NAMESPACE = "kube-system"
KARPENTER_SERVICE_ACCOUNT = "karpenter"
NFS_PORT = 2049


class KarpenterStack(BaseStack):
    """What Karpenter and the load-balancer controller need of AWS."""

    outputs: KarpenterOutputs

    def __init__(
        self,
        scope: Construct,
        *,
        settings: DeploymentFile,
        cluster: ClusterOutputs,
        storage: StorageOutputs,
        interruption: InterruptionOutputs,
    ) -> None:
        super().__init__(scope, "karpenter", settings=settings)
        self._cluster = cluster
        node_role = self._create_node_role()
        profile = self._create_instance_profile(node_role)
        place = self._place(node_role, interruption)
        self._create_controller_role(place)
        self._create_load_balancer_role()
        self._open_nfs(storage)
        self.outputs = KarpenterOutputs(
            node_role_name=node_role.name,
            instance_profile_name=profile.name,
            load_balancer_service_account=LOAD_BALANCER_SERVICE_ACCOUNT,
        )
        self._add_outputs()

    def _create_node_role(self) -> Role:
        role = add_role(
            self,
            "KarpenterNode",
            name=self.name_of("karpenter-node", "iam_role"),
            trust=karpenter_iam.node_trust(dns_suffix_of(self.aws_region)),
            managed_policies=karpenter_iam.node_managed_policies(),
        )
        # Managed node groups get theirs from EKS; nodes of Karpenter need it written out.
        EksAccessEntry(
            self,
            "KarpenterNodeAccess",
            cluster_name=self._cluster.cluster_name,
            principal_arn=role.arn,
            type="EC2_LINUX",
        )
        return role

    def _create_instance_profile(self, role: Role) -> IamInstanceProfile:
        """Terraform's own profile: one made by Karpenter would outlive it and hold the role."""
        return IamInstanceProfile(
            self,
            "KarpenterNodeProfile",
            name=self.name_of("karpenter-node", "instance_profile"),
            role=role.name,
        )

    def _place(
        self, node_role: Role, interruption: InterruptionOutputs
    ) -> karpenter_iam.KarpenterPlace:
        return karpenter_iam.KarpenterPlace(
            partition=self.partition,
            region=self.aws_region,
            account=DataAwsCallerIdentity(self, "Account").account_id,
            cluster_name=self.deployment,
            node_role_arn=node_role.arn,
            queue_arn=interruption.queue_arn,
            url_suffix=dns_suffix_of(self.aws_region),
        )

    def _create_controller_role(self, place: karpenter_iam.KarpenterPlace) -> None:
        role = add_role(
            self,
            "Karpenter",
            name=self.name_of("karpenter", "iam_role"),
            trust=pod_identity_trust(),
            own_policies=karpenter_iam.controller_policies(place),
        )
        self._bind("Karpenter", KARPENTER_SERVICE_ACCOUNT, role)

    def _create_load_balancer_role(self) -> None:
        role = add_role(
            self,
            "LoadBalancer",
            name=self.name_of("load-balancer", "iam_role"),
            trust=pod_identity_trust(),
            own_policies={
                "load-balancer-controller": load_balancer_policy(self.deployment, self.partition)
            },
        )
        self._bind("LoadBalancer", LOAD_BALANCER_SERVICE_ACCOUNT, role)

    def _bind(self, prefix: str, service_account: str, role: Role) -> None:
        EksPodIdentityAssociation(
            self,
            f"{prefix}PodIdentity",
            cluster_name=self._cluster.cluster_name,
            namespace=CONTROLLER_NAMESPACE,
            service_account=service_account,
            role_arn=role.arn,
            depends_on=list(role.attachments),
        )

    def _open_nfs(self, storage: StorageOutputs) -> None:
        VpcSecurityGroupIngressRule(
            self,
            "NfsFromNodes",
            security_group_id=storage.security_group_id,
            description="NFS from the nodes of the cluster",
            referenced_security_group_id=self._cluster.security_group_id,
            ip_protocol="tcp",
            from_port=NFS_PORT,
            to_port=NFS_PORT,
            tags=self.named("nfs-from-nodes"),
        )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("node_role_name", out.node_role_name, "Role of Karpenter's nodes")
        self.add_output(
            "instance_profile_name", out.instance_profile_name, "Profile of Karpenter's nodes"
        )
