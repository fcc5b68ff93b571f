"""Device plugins: there where a pool needs them, and configured per pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from jupyterhub_eks.releases.device_plugins import device_plugin_releases, nvidia_config_name
from jupyterhub_eks.releases.labels import taints_of
from tests.support.pools import EVERY_KIND, mig, mps, pool, slicing

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig


def values(**pools: PoolConfig) -> dict[str, dict[str, Any]]:
    """Return the values of the plugins that the pools get, by release."""
    return {each.name: dict(each.values) for each in device_plugin_releases(pools, "kube-system")}


def configs(**pools: PoolConfig) -> dict[str, Any]:
    """Return NVIDIA's configurations as the plugin reads them."""
    chosen = values(**pools)["nvidia-device-plugin"]["config"]
    yaml = YAML(typ="safe", pure=True)
    return {name: yaml.load(text) for name, text in chosen["map"].items()}


def tolerates(tolerations: list[dict[str, str]], taint: dict[str, str]) -> bool:
    """Do what Kubernetes does with tolerations that name key, value and effect."""
    return {**taint, "operator": "Equal"} in tolerations


def test_d37_no_plugin_without_a_node_for_it() -> None:
    """CPU pools bring none, and nothing of NVIDIA is installed for Neuron or the reverse."""
    assert values(cpu=pool("m7i")) == {}
    assert set(values(a=pool("g6"))) == {"nvidia-device-plugin"}
    assert set(values(a=pool("trn1"))) == {"neuron"}
    assert set(values(**EVERY_KIND)) == {"nvidia-device-plugin", "neuron"}


def test_d37_partitioned_gpus_need_no_chart() -> None:
    """Bottlerocket has a plugin of its own, so NVIDIA's chart would find no node."""
    assert values(a=mig("1g.24gb", "g7e")) == {}


def test_d15_sharing_is_never_the_default() -> None:
    """A node whose label is missing or unknown gives whole GPUs."""
    chosen = values(a=slicing(4, "g6"))["nvidia-device-plugin"]["config"]
    assert chosen["default"] == "whole"
    assert "sharing" not in configs(a=slicing(4, "g6"))["whole"]


def test_d16_every_pool_has_the_configuration_that_its_nodes_name() -> None:
    """The label on the nodes is a name in the config map, with that number of slices."""
    pools = {"a": pool("g6"), "b": slicing(4, "g6"), "c": slicing(10, "g5"), "d": slicing(4, "g5")}
    found = configs(**pools)
    assert set(found) == {"whole", "time-slicing-4", "time-slicing-10"}
    for each in pools.values():
        name = nvidia_config_name(each)
        assert name is not None
        shared = found[name].get("sharing", {}).get("timeSlicing", {}).get("resources", [])
        assert [resource["replicas"] for resource in shared] == (
            [each.gpu.slices] if each.gpu.slices else []
        )


def test_slices_keep_the_name_that_karpenter_knows() -> None:
    """`nvidia.com/gpu` is not renamed, and nobody gets two slices for one GPU."""
    sharing = configs(a=slicing(4, "g6"))["time-slicing-4"]["sharing"]["timeSlicing"]
    assert sharing["renameByDefault"] is False
    assert sharing["failRequestsGreaterThanOne"] is True
    assert sharing["resources"] == [{"name": "nvidia.com/gpu", "replicas": 4}]


def test_d17_plugins_get_past_the_taints_of_their_pools() -> None:
    """Every taint of a pool is tolerated by the plugin that serves it."""
    found = values(**EVERY_KIND)
    served = {
        "gpu": found["nvidia-device-plugin"]["tolerations"],
        "gpu-shared": found["nvidia-device-plugin"]["tolerations"],
        "trainium": found["neuron"]["devicePlugin"]["tolerations"],
        "inferentia": found["neuron"]["devicePlugin"]["tolerations"],
    }
    for name, tolerations in served.items():
        for taint in taints_of(EVERY_KIND[name]):
            assert tolerates(tolerations, taint.as_taint())


def test_users_that_compute_at_the_same_time() -> None:
    """MPS is a configuration of its own, beside those of other pools."""
    found = configs(a=mps(8, "g6"), b=slicing(8, "g5"), c=pool("g6e"))
    assert set(found) == {"whole", "mps-8", "time-slicing-8"}
    shared = found["mps-8"]["sharing"]["mps"]
    assert shared["renameByDefault"] is False
    assert shared["resources"] == [{"name": "nvidia.com/gpu", "replicas": 8}]
    assert "timeSlicing" not in found["mps-8"]["sharing"]


def test_d17_plugins_get_past_taints_of_the_users_own() -> None:
    """On the pools that they serve, and on no others."""
    taints = [{"key": "team", "value": "x", "effect": "NoExecute"}, {"key": "plain"}]
    pools = {
        "gpu": pool("g6", taints=taints),
        "neuron": pool("inf2", taints=taints[:1]),
        "cpu": pool("m7i", taints=[{"key": "other"}]),
    }
    found = values(**pools)
    nvidia = found["nvidia-device-plugin"]["tolerations"]
    neuron = found["neuron"]["devicePlugin"]["tolerations"]
    for name, tolerations in (("gpu", nvidia), ("neuron", neuron)):
        for taint in taints_of(pools[name]):
            assert tolerates(tolerations, taint.as_taint())
        assert "other" not in {each["key"] for each in tolerations}
    assert "plain" not in {each["key"] for each in neuron}


def test_neuron_brings_the_plugin_only() -> None:
    """No second scheduler, and nothing that would replace a node under its users."""
    neuron = values(a=pool("inf2"))["neuron"]
    assert neuron["devicePlugin"]["enabled"] is True
    assert [neuron[part]["enabled"] for part in ("scheduler", "draDriver", "npd")] == [False] * 3
