"""The releases of stack ``platform``: what the hub stands on. Pure.

In the order in which they become useful. The nodes come last, so that they go first:
Karpenter must still run while its nodes are removed (D25).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.naming import DEPLOYMENT_TAG
from jupyterhub_eks.releases import catalog, labels
from jupyterhub_eks.releases.device_plugins import device_plugin_releases
from jupyterhub_eks.releases.merging import base_values, merge
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import needs_overlays, needs_static_nodes, node_objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig

CRDS: Final = "karpenter-crd"
KARPENTER: Final = "karpenter"
NODES: Final = "nodes"
# Construct id of the load-balancer controller's release.
BALANCER_CONTROLLER: Final = "LoadBalancerController"
# Objects without pods.
SHORT_TIMEOUT_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class PlatformInputs:
    """What the AWS half gives to the releases; values may be Terraform tokens.

    Attributes:
        namespace: Namespace of the controllers, to which their AWS roles are bound.
        cluster_name: Name of the EKS cluster.
        vpc_id: Its VPC.
        queue_name: Queue that tells Karpenter of instances about to go.
        instance_profile: Profile of Karpenter's nodes.
        karpenter_service_account: Bound to the role of Karpenter's controller.
        load_balancer_service_account: Bound to that of the load-balancer controller.
    """

    namespace: str
    cluster_name: str
    vpc_id: str
    queue_name: str
    instance_profile: str
    karpenter_service_account: str
    load_balancer_service_account: str


def platform_releases(deployment: Deployment, inputs: PlatformInputs) -> tuple[Release, ...]:
    """Return the releases, each after those it needs."""
    plugins = tuple(device_plugin_releases(deployment.profiles.pools, inputs.namespace))
    balanced = deployment.settings.access.effective_visibility != "port-forward"
    return (
        _karpenter_crds(inputs),
        _karpenter(deployment, inputs),
        _storage_classes(deployment, inputs),
        # Without a load balancer its controller would have nothing to do (D37).
        *((_load_balancer_controller(deployment, inputs),) if balanced else ()),
        *plugins,
        _nodes(deployment, inputs, tuple(plugin.name for plugin in plugins)),
    )


def _karpenter_crds(inputs: PlatformInputs) -> Release:
    return Release(
        name=CRDS,
        namespace=inputs.namespace,
        chart=catalog.KARPENTER_CRDS,
        values=base_values("karpenter-crd"),
        construct_id="KarpenterCrds",
        timeout_seconds=SHORT_TIMEOUT_SECONDS,
    )


def _karpenter(deployment: Deployment, inputs: PlatformInputs) -> Release:
    chosen: dict[str, Any] = {
        "serviceAccount": {"name": inputs.karpenter_service_account},
        "settings": {
            "clusterName": inputs.cluster_name,
            "interruptionQueue": inputs.queue_name,
            "featureGates": _gates(deployment.profiles.pools),
        },
    }
    return Release(
        name=KARPENTER,
        namespace=inputs.namespace,
        chart=catalog.KARPENTER,
        values=merge(base_values("karpenter"), chosen),
        construct_id="Karpenter",
        needs=(CRDS,),
        skip_crds=True,
    )


def _gates(pools: Mapping[str, PoolConfig]) -> dict[str, bool]:
    """Return the alpha features that pools need; what none needs stays off."""
    gates = {"nodeOverlay": needs_overlays(pools)}
    return {**gates, "staticCapacity": True} if needs_static_nodes(pools) else gates


def _storage_classes(deployment: Deployment, inputs: PlatformInputs) -> Release:
    return Release(
        name="storage-classes",
        namespace=inputs.namespace,
        chart=catalog.STORAGE_CLASSES,
        values={
            "name": labels.STORAGE_CLASS,
            "tag": {"key": DEPLOYMENT_TAG, "value": deployment.name},
        },
        construct_id="StorageClasses",
        timeout_seconds=SHORT_TIMEOUT_SECONDS,
    )


def _load_balancer_controller(deployment: Deployment, inputs: PlatformInputs) -> Release:
    settings = deployment.settings
    chosen = {
        "clusterName": inputs.cluster_name,
        "region": settings.region,
        "vpcId": inputs.vpc_id,
        "serviceAccount": {"name": inputs.load_balancer_service_account},
        # Load balancers are swept by the deployment's tag after destroy.
        "defaultTags": {**_plain_tags(settings.tags), DEPLOYMENT_TAG: settings.name},
    }
    return Release(
        name="aws-load-balancer-controller",
        namespace=inputs.namespace,
        chart=catalog.LOAD_BALANCER_CONTROLLER,
        values=merge(base_values("aws-load-balancer-controller"), chosen),
        construct_id=BALANCER_CONTROLLER,
    )


def _plain_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that the chart can pass on: it writes them unquoted into one argument."""
    return {
        key: value
        for key, value in tags.items()
        if "=" not in key and not re.search(r":(\s|$)|[^\S ]", f"{key}={value}")
    }


def _nodes(deployment: Deployment, inputs: PlatformInputs, plugins: tuple[str, ...]) -> Release:
    place = NodePlace(instance_profile=inputs.instance_profile)
    return Release(
        name=NODES,
        namespace=inputs.namespace,
        chart=catalog.NODES,
        values={"objects": node_objects(deployment.profiles, deployment.settings, place)},
        construct_id="Nodes",
        # The plugins too: they serve the nodes until the last of these is gone.
        needs=(CRDS, KARPENTER, *plugins),
        timeout_seconds=SHORT_TIMEOUT_SECONDS,
    )
