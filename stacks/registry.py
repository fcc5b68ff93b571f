"""Creates the stacks in order and hands each the outputs of those before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from stacks.budget import BudgetStack
from stacks.certificate import CertificateStack, wants_certificate
from stacks.cluster import ClusterStack
from stacks.dns import DnsStack
from stacks.hub import HubStack
from stacks.identity import IdentityStack
from stacks.interruption import InterruptionStack
from stacks.karpenter import KarpenterStack
from stacks.network import NetworkStack
from stacks.platform import PlatformStack
from stacks.storage import StorageStack

if TYPE_CHECKING:
    from cdktf import App

    from jupyterhub_eks.config.deployment import Deployment


@dataclass(frozen=True, kw_only=True)
class AwsHalf:
    """The stacks that make up AWS's side, from which the Kubernetes half is joined."""

    network: NetworkStack
    cluster: ClusterStack
    storage: StorageStack
    interruption: InterruptionStack
    karpenter: KarpenterStack
    identity: IdentityStack | None


def build(app: App, deployment: Deployment, *, protect_data: bool) -> None:
    """Add the stacks of ``deployment`` to ``app``.

    Args:
        app: The cdktf app.
        deployment: Both configuration files.
        protect_data: Let Terraform refuse to destroy user files and their backups.

    Raises:
        ConfigError: The configuration cannot be turned into stacks.
    """
    if deployment.settings.budget.monthly_usd is not None:
        BudgetStack(app, settings=deployment.settings)
    half = _build_aws_half(app, deployment, protect_data=protect_data)
    platform = PlatformStack(
        app,
        deployment=deployment,
        network=half.network.outputs,
        cluster=half.cluster.outputs,
        interruption=half.interruption.outputs,
        karpenter=half.karpenter.outputs,
    )
    access = deployment.settings.access
    certificate = None
    if wants_certificate(access):
        certificate = CertificateStack(app, settings=deployment.settings)
    hub = HubStack(
        app,
        deployment=deployment,
        network=half.network.outputs,
        cluster=half.cluster.outputs,
        storage=half.storage.outputs,
        identity=half.identity.outputs if half.identity else None,
        certificate=certificate.outputs if certificate else None,
    )
    # Nothing of the platform is read, but its nodes, classes and controllers are used.
    hub.add_dependency(platform)
    if access.effective_visibility != "port-forward":
        DnsStack(app, settings=deployment.settings, hub=hub)


def _build_aws_half(app: App, deployment: Deployment, *, protect_data: bool) -> AwsHalf:
    settings = deployment.settings
    network = NetworkStack(app, settings=settings)
    cluster = ClusterStack(app, settings=settings, network=network.outputs)
    storage = StorageStack(
        app, settings=settings, network=network.outputs, protect_data=protect_data
    )
    identity = None
    if isinstance(settings.auth, CognitoAuth):
        identity = IdentityStack(app, settings=settings, auth=settings.auth)
    interruption = InterruptionStack(app, settings=settings)
    karpenter = KarpenterStack(
        app,
        settings=settings,
        cluster=cluster.outputs,
        storage=storage.outputs,
        interruption=interruption.outputs,
    )
    return AwsHalf(
        network=network,
        cluster=cluster,
        storage=storage,
        interruption=interruption,
        karpenter=karpenter,
        identity=identity,
    )
