"""All releases of a deployment without any cloud, for looking at values and checking them.

What only AWS knows stands as a value of the right form that names nothing real, so that
schemas of charts accept it and nobody takes it for a resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.releases.hub import hub_releases
from jupyterhub_eks.releases.platform import PlatformInputs, platform_releases
from jupyterhub_eks.releases.z2jh.inputs import CognitoClient, HubInputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
    from jupyterhub_eks.releases.model import Release
    from jupyterhub_eks.releases.z2jh.inputs import Told

_ZEROS: Final = "0" * 17
_SUBNETS: Final = tuple(f"subnet-{_ZEROS[1:]}{index}" for index in range(1, 4))
_ACCOUNT: Final = "000000000000"
_CONTROLLERS: Final = "kube-system"


def all_releases(
    deployment: Deployment, told: Mapping[str, Mapping[str, Told]] | None = None
) -> tuple[Release, ...]:
    """Return the releases of both stacks in the cluster, each after those it needs.

    Args:
        deployment: Both files.
        told: What users are told of profiles, see ``HubInputs``; None: nothing besides.

    Raises:
        ConfigError: The login's provider cannot do what the allow rules ask.
    """
    settings = deployment.settings
    platform = platform_releases(deployment, _platform_inputs(settings.name))
    return (*platform, *hub_releases(deployment, _hub_inputs(settings, told or {})))


def _platform_inputs(name: str) -> PlatformInputs:
    return PlatformInputs(
        namespace=_CONTROLLERS,
        cluster_name=name,
        vpc_id=f"vpc-{_ZEROS}",
        queue_name=f"{name}-interruption",
        instance_profile=f"{name}-node",
        karpenter_service_account="karpenter",
        load_balancer_service_account="aws-load-balancer-controller",
    )


def _hub_inputs(settings: DeploymentFile, told: Mapping[str, Mapping[str, Told]]) -> HubInputs:
    access = settings.access
    exposed = access.effective_visibility != "port-forward"
    asked = f"arn:aws:acm:{settings.region}:{_ACCOUNT}:certificate/to-be-issued"
    is_cognito = isinstance(settings.auth, CognitoAuth)
    return HubInputs(
        file_system_id=f"fs-{_ZEROS}",
        home_access_point_id=f"fsap-{_ZEROS[1:]}1",
        shared_access_point_id=f"fsap-{_ZEROS[1:]}2",
        certificate_arn=access.certificate_arn or (asked if exposed else ""),
        subnet_ids=_SUBNETS,
        cognito=_cognito(settings) if is_cognito else None,
        told=told,
    )


def _cognito(settings: DeploymentFile) -> CognitoClient:
    return CognitoClient(
        client_id="client-to-be-made",
        client_secret="",
        login_url=f"https://{settings.name}.auth.{settings.region}.amazoncognito.com",
    )
