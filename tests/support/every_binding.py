"""Stacks that use all three provider bindings, apart from the project's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import LocalBackend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.lexv2_models_bot import (
    Lexv2ModelsBot,
    Lexv2ModelsBotDataPrivacy,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_helm.provider import HelmProvider
from cdktf_cdktf_provider_helm.release import Release, ReleaseSet
from cdktf_cdktf_provider_kubernetes.config_map import ConfigMap, ConfigMapMetadata
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider

if TYPE_CHECKING:
    from cdktf import App

    from jupyterhub_eks.config.deployment import Deployment


def build(app: App, deployment: Deployment, *, protect_data: bool) -> None:
    """Add an AWS stack and one with a Helm release and a Kubernetes object."""
    aws = TerraformStack(app, "aws")
    LocalBackend(aws, path="../../state/aws.tfstate")
    AwsProvider(aws, "provider", region=deployment.settings.region)
    role = IamRole(aws, "role", name=deployment.name, assume_role_policy="{}")
    # A submodule whose Python, jsii and JavaScript names are all spelled differently.
    Lexv2ModelsBot(
        aws,
        "bot",
        name="bot",
        role_arn=role.arn,
        idle_session_ttl_in_seconds=60,
        data_privacy=[Lexv2ModelsBotDataPrivacy(child_directed=protect_data)],
    )
    cluster = TerraformStack(app, "cluster")
    LocalBackend(cluster, path="../../state/cluster.tfstate")
    HelmProvider(cluster, "helm")
    KubernetesProvider(cluster, "kubernetes")
    Release(cluster, "hub", name="hub", chart="hub", set=[ReleaseSet(name="arn", value=role.arn)])
    names = ConfigMap(cluster, "names", metadata=ConfigMapMetadata(name="names"), data={"a": "b"})
    TerraformOutput(cluster, "id", value=names.id)
