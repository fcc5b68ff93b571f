"""Installs the managed add-ons of ``stacks.addons`` on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.data_aws_eks_addon_version import DataAwsEksAddonVersion
from cdktf_cdktf_provider_aws.eks_addon import EksAddon
from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation

from stacks.addons import ADDONS, Addon, PodIdentity, render_values
from stacks.iam import pod_identity_trust
from stacks.roles import add_role

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.eks_cluster import EksCluster
    from cdktf_cdktf_provider_aws.eks_node_group import EksNodeGroup
    from constructs import IConstruct

    from jupyterhub_eks.config.cluster import ClusterConfig
    from stacks.base import BaseStack


class AddonInstaller:
    """Adds the add-ons in two waves, around the node group.

    Args:
        stack: The stack that gets the resources.
        cluster: The cluster.
        config: The ``cluster`` section.
    """

    def __init__(self, stack: BaseStack, cluster: EksCluster, config: ClusterConfig) -> None:
        self._stack = stack
        self._cluster = cluster
        self._config = config

    def install_before_nodes(self) -> list[IConstruct]:
        """Install what nodes need to become ready; return what they must wait for."""
        return [self._install(addon, after=[]) for addon in ADDONS if addon.before_nodes]

    def install_after_nodes(self, nodes: EksNodeGroup) -> None:
        """Install what becomes active only once there are nodes to run on."""
        for addon in ADDONS:
            if not addon.before_nodes:
                self._install(addon, after=[nodes])

    def _install(self, addon: Addon, *, after: list[IConstruct]) -> EksAddon:
        waits = list(after)
        if addon.identity:
            waits += self._bind(addon, addon.identity)
        version = DataAwsEksAddonVersion(
            self._stack,
            f"AddonVersion{addon.construct_part}",
            addon_name=addon.name,
            kubernetes_version=self._config.version,
            most_recent=True,
        )
        return EksAddon(
            self._stack,
            f"Addon{addon.construct_part}",
            cluster_name=self._cluster.name,
            addon_name=addon.name,
            addon_version=version.version,
            configuration_values=render_values(
                addon.name,
                deployment=self._stack.deployment,
                prefix_delegation=self._config.prefix_delegation,
            ),
            # Nothing is there before (no self-managed copies), and afterwards we decide.
            resolve_conflicts_on_create="NONE",
            resolve_conflicts_on_update="OVERWRITE",
            depends_on=waits or None,
        )

    def _bind(self, addon: Addon, identity: PodIdentity) -> list[IConstruct]:
        """Bind a role to the add-on's service account before its first pod starts."""
        role = add_role(
            self._stack,
            addon.construct_part,
            name=self._stack.name_of(addon.name, "iam_role"),
            trust=pod_identity_trust(),
            managed_policies=(identity.managed_policy,),
        )
        association = EksPodIdentityAssociation(
            self._stack,
            f"{addon.construct_part}PodIdentity",
            cluster_name=self._cluster.name,
            namespace="kube-system",
            service_account=identity.service_account,
            role_arn=role.arn,
        )
        return [association, *role.attachments]
