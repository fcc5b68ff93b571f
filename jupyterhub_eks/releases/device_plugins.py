"""Device plugins, which tell Kubernetes of GPUs and Neuron devices. Pure.

Each is installed only where a pool has nodes for it. Nodes that partition their GPUs
(MIG) run Bottlerocket, which brings its own, so NVIDIA's chart stays off them.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from jupyterhub_eks.releases import catalog, labels
from jupyterhub_eks.releases.families import kind_of
from jupyterhub_eks.releases.merging import base_values, merge
from jupyterhub_eks.releases.model import Release
from jupyterhub_eks.releases.node_classes import uses_bottlerocket
from jupyterhub_eks.releases.sharing import slices_per_gpu

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.releases.families import Kind

# The value of this label on a node names the configuration that its plugin takes.
NVIDIA_CONFIG_LABEL: Final = "nvidia.com/device-plugin.config"
# Also for a node without the label: a GPU is shared only where a pool says so (D15).
WHOLE: Final = "whole"
PLUGIN_TIMEOUT_SECONDS: Final = 300
# By this label the chart's daemon for MPS finds its nodes (facts 3.1).
MPS_LABEL: Final = "nvidia.com/mps.capable"
_PLAIN: Final[dict[str, Any]] = {"version": "v1", "flags": {"migStrategy": "none"}}
_SHARING_KEYS: Final = {"time-slicing": "timeSlicing", "mps": "mps"}


def nvidia_config_name(pool: PoolConfig) -> str | None:
    """Return the plugin's configuration for a pool; None where NVIDIA's chart has no node."""
    if kind_of(pool) != "nvidia" or uses_bottlerocket(pool):
        return None
    slices = slices_per_gpu(pool)
    return WHOLE if slices == 1 else f"{pool.gpu.sharing}-{slices}"


def device_plugin_releases(pools: Mapping[str, PoolConfig], namespace: str) -> Iterator[Release]:
    """Yield the releases that the pools need."""
    served = {name: pool for pool in pools.values() if (name := nvidia_config_name(pool))}
    configs = {name: _nvidia_config(pool) for name, pool in served.items()}
    if configs:
        taints = _taints(pools, "nvidia", labels.GPU_TAINT)
        yield _nvidia({WHOLE: dict(_PLAIN), **configs}, taints, namespace)
    if any(kind_of(pool) == "neuron" for pool in pools.values()):
        yield _neuron(_taints(pools, "neuron", labels.NEURON_TAINT), namespace)


def _nvidia(
    configs: Mapping[str, dict[str, Any]], taints: Iterable[labels.Taint], namespace: str
) -> Release:
    chosen = {
        "config": {
            "default": WHOLE,
            "map": {name: _as_yaml(config) for name, config in sorted(configs.items())},
        },
        "tolerations": [taint.as_toleration() for taint in taints],
    }
    return Release(
        name="nvidia-device-plugin",
        namespace=namespace,
        chart=catalog.NVIDIA_DEVICE_PLUGIN,
        values=merge(base_values("nvidia-device-plugin"), chosen),
        construct_id="NvidiaDevicePlugin",
        timeout_seconds=PLUGIN_TIMEOUT_SECONDS,
    )


def _neuron(taints: Iterable[labels.Taint], namespace: str) -> Release:
    tolerations = [taint.as_toleration() for taint in taints]
    chosen = {"devicePlugin": {"tolerations": tolerations}}
    return Release(
        name="neuron",
        namespace=namespace,
        chart=catalog.NEURON,
        values=merge(base_values("neuron-helm-chart"), chosen),
        construct_id="NeuronDevicePlugin",
        timeout_seconds=PLUGIN_TIMEOUT_SECONDS,
    )


def _taints(
    pools: Mapping[str, PoolConfig], kind: Kind, accelerator: labels.Taint
) -> tuple[labels.Taint, ...]:
    """Return all that keeps a plugin off its nodes: our taints, and those of the user."""
    own = [
        each for pool in pools.values() if kind_of(pool) == kind for each in labels.own_taints(pool)
    ]
    return tuple(dict.fromkeys((labels.USER_TAINT, accelerator, *own)))


def _nvidia_config(pool: PoolConfig) -> dict[str, Any]:
    config = dict(_PLAIN)
    slices = slices_per_gpu(pool)
    if slices > 1:
        shared = {"name": labels.GPU, "replicas": slices}
        config["sharing"] = {
            _SHARING_KEYS[pool.gpu.sharing]: {
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
