"""Creates the stacks in order and hands each the outputs of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.auth import CognitoAuth
from stacks.cluster import ClusterStack
from stacks.identity import IdentityStack
from stacks.interruption import InterruptionStack
from stacks.karpenter import KarpenterStack
from stacks.network import NetworkStack
from stacks.storage import StorageStack

if TYPE_CHECKING:
    from cdktf import App

    from jupyterhub_eks.config.deployment import Deployment


def build(app: App, deployment: Deployment, *, protect_data: bool) -> None:
    """Add every stack of ``deployment`` to ``app``.

    Args:
        app: The cdktf app.
        deployment: Both configuration files.
        protect_data: Let Terraform refuse to destroy user files and their backups.

    Raises:
        ConfigError: The configuration cannot be turned into stacks.
    """
    settings = deployment.settings
    network = NetworkStack(app, settings=settings)
    cluster = ClusterStack(app, settings=settings, network=network.outputs)
    storage = StorageStack(
        app, settings=settings, network=network.outputs, protect_data=protect_data
    )
    if isinstance(settings.auth, CognitoAuth):
        IdentityStack(app, settings=settings, auth=settings.auth)
    interruption = InterruptionStack(app, settings=settings)
    KarpenterStack(
        app,
        settings=settings,
        cluster=cluster.outputs,
        storage=storage.outputs,
        interruption=interruption.outputs,
    )
