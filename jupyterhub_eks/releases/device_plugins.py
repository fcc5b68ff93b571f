"""Device plugins, which tell Kubernetes of GPUs and Neuron devices. Pure.

Each is installed only where a pool has nodes for it. Nodes that partition their GPUs
(MIG) run Bottlerocket, which brings its own, so NVIDIA's chart stays off them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from jupyterhub_eks.releases import catalog, labels
from jupyterhub_eks.releases.families import kind_of, slices_per_gpu
from jupyterhub_eks.releases.merging import base_values, merge
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.node_classes import uses_bottlerocket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.pools import PoolConfig

# The value of this label on a node names the configuration that its plugin takes.
NVIDIA_CONFIG_LABEL: Final = "nvidia.com/device-plugin.config"
# Also for a node without the label: a GPU is shared only where a pool says so (D15).
WHOLE: Final = "whole"
PLUGIN_TIMEOUT_SECONDS: Final = 300


def nvidia_config_name(pool: PoolConfig) -> str | None:
    """Return the plugin's configuration for a pool; None where NVIDIA's chart has no node."""
    if kind_of(pool) != "nvidia" or uses_bottlerocket(pool):
        return None
    slices = slices_per_gpu(pool)
    return WHOLE if slices == 1 else f"time-slicing-{slices}"


def device_plugin_releases(pools: Mapping[str, PoolConfig], namespace: str) -> Iterator[Release]:
    """Yield the releases that the pools need."""
    slices = {nvidia_config_name(pool): slices_per_gpu(pool) for pool in pools.values()}
    configs = {name: _nvidia_config(count) for name, count in slices.items() if name}
    if configs:
        yield _nvidia({WHOLE: _nvidia_config(1), **configs}, namespace)
    if any(kind_of(pool) == "neuron" for pool in pools.values()):
        yield _neuron(namespace)


def _nvidia(configs: Mapping[str, dict[str, Any]], namespace: str) -> Release:
    chosen = {
        "config": {
            "default": WHOLE,
            "map": {name: _as_yaml(config) for name, config in sorted(configs.items())},
        },
        "tolerations": _tolerations(labels.GPU_TAINT),
    }
    return Release(
        name="nvidia-device-plugin",
        namespace=namespace,
        chart=catalog.NVIDIA_DEVICE_PLUGIN,
        values=merge(base_values("nvidia-device-plugin"), chosen),
        construct_id="NvidiaDevicePlugin",
        timeout_seconds=PLUGIN_TIMEOUT_SECONDS,
    )


def _neuron(namespace: str) -> Release:
    chosen = {"devicePlugin": {"tolerations": _tolerations(labels.NEURON_TAINT)}}
    return Release(
        name="neuron",
        namespace=namespace,
        chart=catalog.NEURON,
        values=merge(base_values("neuron-helm-chart"), chosen),
        construct_id="NeuronDevicePlugin",
        timeout_seconds=PLUGIN_TIMEOUT_SECONDS,
    )


def _tolerations(accelerator: labels.Taint) -> list[dict[str, str]]:
    """Return what gets a plugin onto its nodes: both taints that pools put there."""
    return [taint.as_toleration() for taint in (labels.USER_TAINT, accelerator)]


def _nvidia_config(slices: int) -> dict[str, Any]:
    config: dict[str, Any] = {"version": "v1", "flags": {"migStrategy": "none"}}
    if slices > 1:
        shared = {"name": labels.GPU, "replicas": slices}
        config["sharing"] = {
            "timeSlicing": {
                # Karpenter knows `nvidia.com/gpu` and no other name (facts 2.6).
                "renameByDefault": False,
                # More slices are not more GPU, so nobody may ask for two.
                "failRequestsGreaterThanOne": True,
                "resources": [shared],
            }
        }
    return config


def _as_yaml(config: dict[str, Any]) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    text = io.StringIO()
    yaml.dump(config, text)
    return text.getvalue().rstrip("\n")
