"""Stack ``platform``: Karpenter, volumes, load balancers, device plugins, node pools.

Everything is a Helm release (see ``releases.platform``); this only joins the releases to
the AWS half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.releases.checking import refuse_faulty_nodes
from jupyterhub_eks.releases.platform import PlatformInputs, platform_releases
from stacks.helm_stack import HelmStack
from stacks.karpenter import CONTROLLER_NAMESPACE, KARPENTER_SERVICE_ACCOUNT

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import Deployment
    from stacks.contracts import (
        ClusterOutputs,
        InterruptionOutputs,
        KarpenterOutputs,
        NetworkOutputs,
    )


class PlatformStack(HelmStack):
    """What the hub stands on, inside the cluster; it hands nothing on but its being there."""

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        network: NetworkOutputs,
        cluster: ClusterOutputs,
        interruption: InterruptionOutputs,
        karpenter: KarpenterOutputs,
    ) -> None:
        refuse_faulty_nodes(deployment)
        super().__init__(scope, "platform", settings=deployment.settings, cluster=cluster)
        inputs = PlatformInputs(
            namespace=CONTROLLER_NAMESPACE,
            cluster_name=self.deployment,
            vpc_id=network.vpc_id,
            queue_name=interruption.queue_name,
            instance_profile=karpenter.instance_profile_name,
            karpenter_service_account=KARPENTER_SERVICE_ACCOUNT,
            load_balancer_service_account=karpenter.load_balancer_service_account,
        )
        self.add_releases(platform_releases(deployment, inputs))
