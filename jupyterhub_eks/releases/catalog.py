"""The charts in use, each with its exact version; versions stand in ``versions.toml``."""

from __future__ import annotations

from typing import Final

from jupyterhub_eks import versions
from jupyterhub_eks.releases.model import LocalChart, RemoteChart

KARPENTER_CRDS: Final = RemoteChart(
    name="karpenter-crd",
    repository="oci://public.ecr.aws/karpenter",
    version=versions.KARPENTER,
)
KARPENTER: Final = RemoteChart(
    name="karpenter",
    repository="oci://public.ecr.aws/karpenter",
    version=versions.KARPENTER,
)
LOAD_BALANCER_CONTROLLER: Final = RemoteChart(
    name="aws-load-balancer-controller",
    repository="https://aws.github.io/eks-charts",
    version=versions.LOAD_BALANCER_CONTROLLER_CHART,
)
NVIDIA_DEVICE_PLUGIN: Final = RemoteChart(
    name="nvidia-device-plugin",
    repository="https://nvidia.github.io/k8s-device-plugin",
    version=versions.NVIDIA_DEVICE_PLUGIN_CHART,
)
NEURON: Final = RemoteChart(
    name="neuron-helm-chart",
    repository="oci://public.ecr.aws/neuron",
    version=versions.NEURON_CHART,
)
JUPYTERHUB: Final = RemoteChart(
    name="jupyterhub",
    repository="https://hub.jupyter.org/helm-chart/",
    version=versions.JUPYTERHUB_CHART,
)
NODES: Final = LocalChart(name="nodes", folder="karpenter/nodes")
STORAGE_CLASSES: Final = LocalChart(name="storage-classes", folder="helm_values/storage-classes")
HUB_BASE: Final = LocalChart(name="hub-base", folder="helm_values/hub-base")

REMOTE_CHARTS: Final = (
    KARPENTER_CRDS,
    KARPENTER,
    LOAD_BALANCER_CONTROLLER,
    NVIDIA_DEVICE_PLUGIN,
    NEURON,
    JUPYTERHUB,
)
