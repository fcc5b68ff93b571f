"""What a started machine reports as a node: of EC2's data and of its device plugin's configuration.

Never of a NodeOverlay: one that is wrong would go unseen.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.releases.device_plugins import device_plugin_releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType

# Partitions that one GPU gives, by Bottlerocket's name of its model and the profile
# (NVIDIA's MIG user guide): `releases` has a table of its own.
_PARTITIONS: Final = {
    ("rtxpro6000.96gb", "1g.24gb"): 4,
    ("h100.80gb", "1g.10gb"): 7,
}
_MODELS: Final = {"g7e": "rtxpro6000.96gb", "p5": "h100.80gb"}
_PRESENT: Final = "nvidia.com/gpu.present"
_MPS: Final = "nvidia.com/mps.capable"
_CONFIG: Final = "nvidia.com/device-plugin.config"


def plugin_configs(pools: Mapping[str, PoolConfig]) -> dict[str, Any]:
    """Return the configurations that NVIDIA's plugin is installed with, by name."""
    for release in device_plugin_releases(pools, "kube-system"):
        if release.name == "nvidia-device-plugin":
            texts: dict[str, str] = release.values["config"]["map"]
            return {name: YAML(typ="safe", pure=True).load(text) for name, text in texts.items()}
    return {}


def capacity(
    machine: str, labels: Mapping[str, str], node_class: Mapping[str, Any], configs: dict[str, Any]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return capacity and allocatable of a node.

    Args:
        machine: EC2 instance type.
        labels: Labels of the node.
        node_class: Spec of its EC2NodeClass.
        configs: Configurations of NVIDIA's device plugin.
    """
    found = catalog().find(machine)
    assert found is not None, machine
    devices = {
        "nvidia.com/gpu": _gpus(found, labels, node_class, configs),
        "aws.amazon.com/neuron": found.neuron_devices,
        "pods": node_class.get("kubelet", {}).get("maxPods", found.pods),
    }
    counted = {name: str(count) for name, count in devices.items() if count}
    disk = max(
        int(each["ebs"]["volumeSize"].removesuffix("Gi"))
        for each in node_class["blockDeviceMappings"]
    )
    has_raid = node_class.get("instanceStorePolicy") == "RAID0"
    visible = {
        "cpu": str(found.vcpu),
        "memory": f"{found.memory_mib * 925 // 1000}Mi",
        "ephemeral-storage": f"{disk}Gi",
    }
    free = {
        "cpu": f"{found.allocatable_cpu_m}m",
        "memory": f"{found.allocatable_memory_mib()}Mi",
        "ephemeral-storage": (
            f"{found.allocatable_ephemeral_gib(root_disk_gib=disk, raid0=has_raid)}Gi"
        ),
    }
    return visible | counted, free | counted


def _gpus(
    machine: InstanceType,
    labels: Mapping[str, str],
    node_class: Mapping[str, Any],
    configs: dict[str, Any],
) -> int:
    if machine.gpu_manufacturer != "nvidia":
        return 0
    # A fraction of a GPU is one device to its driver.
    count = machine.gpu_count or 1
    if node_class["amiSelectorTerms"][0]["alias"].startswith("bottlerocket@"):
        settings = tomllib.loads(node_class["userData"])["settings"]
        nvidia = settings["kubelet-device-plugins"]["nvidia"]
        assert nvidia["device-partitioning-strategy"] == "mig"
        model = _MODELS[machine.family]
        return count * _PARTITIONS[model, nvidia["mig"]["profile"][model]]
    if labels.get(_PRESENT) != "true":
        return 0  # the plugin's DaemonSet has no pod here
    strategies = configs[labels.get(_CONFIG, "whole")].get("sharing", {})
    sharing = strategies.get("timeSlicing", {})
    # The plugin waits for MPS' daemon before it shares, and that runs where this label is.
    if "mps" in strategies and labels.get(_MPS) == "true":
        sharing = strategies["mps"]
    assert not sharing.get("renameByDefault")
    replicas = {each["name"]: each["replicas"] for each in sharing.get("resources", [])}
    return count * int(replicas.get("nvidia.com/gpu", 1))
