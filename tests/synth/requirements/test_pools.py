"""D14 to D17: each profile has a pool whose nodes fit it, and its devices are what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.support.whole import Spoil, Whole, node, profile, value

if TYPE_CHECKING:
    from collections.abc import Iterator

POOL = "jhub/pool"
PRESENT = "nvidia.com/gpu.present"
CONFIG = "nvidia.com/device-plugin.config"
GPU = "nvidia.com/gpu"
NEURON = "aws.amazon.com/neuron"
PLUGIN = "nvidia-device-plugin"


def labels_of(whole: Whole, pool: str) -> dict[str, str]:
    """Return the labels of a pool's nodes."""
    found: dict[str, str] = whole.nodes("NodePool")[pool]["template"]["metadata"]["labels"]
    return found


def overrides(whole: Whole) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield title and settings of each profile."""
    for each in whole.profiles:
        yield each["display_name"], each["kubespawner_override"]


def sharing_of(whole: Whole, config: str) -> dict[str, Any] | None:
    """Return how a configuration of NVIDIA's plugin shares; None if there is none."""
    text = whole.values.get(PLUGIN, {}).get("config", {}).get("map", {}).get(config)
    if text is None:
        return None
    found: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return dict(found.get("sharing", {}))


def runs_bottlerocket(whole: Whole, pool: str) -> bool:
    """Whether a pool's nodes bring a device plugin of their own."""
    terms = whole.nodes("EC2NodeClass")[pool]["amiSelectorTerms"]
    return any(each["alias"].startswith("bottlerocket") for each in terms)


def unsatisfied(whole: Whole) -> list[str]:
    """Return what profiles ask of nodes that the nodes of their pool do not have."""
    found = []
    pools = whole.nodes("NodePool")
    for title, override in overrides(whole):
        selector = override["node_selector"]
        fitting = [name for name in pools if selector.items() <= labels_of(whole, name).items()]
        if not fitting or POOL not in selector:
            found.append(f"{title}: no pool has {selector}")
            continue
        tolerated = [(each["key"], each["value"]) for each in override["tolerations"]]
        found += [
            f"{title} does not bear {taint['key']}"
            for taint in pools[fitting[0]]["template"]["spec"]["taints"]
            if (taint["key"], taint["value"]) not in tolerated
        ]
        limits = override.get("extra_resource_limits", {})
        if override.get("extra_resource_guarantees", limits) != limits:
            found.append(f"{title} asks for devices that are not its limit")
        user_data = whole.nodes("EC2NodeClass")[fitting[0]].get("userData", "")
        if runs_bottlerocket(whole, fitting[0]) and "mig.profile]\n" not in user_data:
            found.append(f"nothing partitions the GPUs of {fitting[0]}")
    return found


def test_d14_profiles_can_be_satisfied(whole: Whole) -> None:
    """Selector, taints and devices of every profile are those of its pool's nodes."""
    assert unsatisfied(whole) == []


MIG = "GPU, isolated"


@pytest.mark.parametrize(
    "mistake",
    [
        profile(MIG, "kubespawner_override", "node_selector", to={"provisioner": "other"}),
        profile(MIG, "kubespawner_override", "tolerations", to=[]),
        profile(MIG, "kubespawner_override", "extra_resource_limits"),
        node("EC2NodeClass", "gpu-mig", "userData"),
        node("NodePool", "gpu-mig", "template", "metadata", "labels", to={}),
    ],
)
def test_d14_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """The three reasons for which a MIG profile never started are found, and two more."""
    assert unsatisfied(rich.spoilt(mistake)) != []


def shared_unasked(whole: Whole) -> list[str]:
    """Return whole GPUs that are shared all the same."""
    found = []
    if whole.values.get(PLUGIN):
        default = whole.values[PLUGIN]["config"]["default"]
        if sharing_of(whole, default) != {}:
            found.append(f"nodes that nobody marked share by {default}")
    overlays = [json.dumps(each) for each in whole.nodes("NodeOverlay").values()]
    for name, pool in whole.deployment.profiles.pools.items():
        config = labels_of(whole, name).get(CONFIG)
        if pool.gpu.sharing == "none" and config:
            if sharing_of(whole, config) != {}:
                found.append(f"{name} is shared by {config}")
            fractions = any(each.split(".")[0].endswith("f") for each in pool.instances)
            if not fractions and any(json.dumps([name]) in each for each in overlays):
                found.append(f"{name} is counted as if it were shared")
    for title, override in overrides(whole):
        asked = int(override.get("extra_resource_limits", {}).get(GPU, 0))
        config = labels_of(whole, override["node_selector"][POOL]).get(CONFIG, "")
        if asked > 1 and sharing_of(whole, config):
            found.append(f"{title} asks for {asked} slices as if they were GPUs")
    return found


def test_d15_whole_gpus_are_not_shared(whole: Whole) -> None:
    """A GPU is shared in the pools that say so, and by default it is not."""
    assert shared_unasked(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value(PLUGIN, "config", "default", to="time-slicing-4"),
        node(
            *("NodePool", "gpu", "template", "metadata", "labels", CONFIG),
            to="time-slicing-4",
        ),
        node("NodeOverlay", "gpu-shared-1-gpu", "requirements", 0, "values", to=["gpu"]),
        profile(
            *("GPU, shared", "kubespawner_override", "extra_resource_limits"),
            to={GPU: "2"},
        ),
    ],
)
def test_d15_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Slicing by default, of a whole pool, in Karpenter's count and by a sum is found."""
    assert shared_unasked(rich.spoilt(mistake)) != []


def dangling_names(whole: Whole) -> list[str]:
    """Return pools that name a way to share that is not there, or is another."""
    found = []
    for name, pool in whole.deployment.profiles.pools.items():
        config = labels_of(whole, name).get(CONFIG)
        sharing = sharing_of(whole, config) if config else {}
        if sharing is None:
            found.append(f"{name} names {config}, which is not there")
            continue
        resources = sharing.get("timeSlicing", {}).get("resources", [])
        wanted = [{"name": GPU, "replicas": pool.gpu.slices}] if pool.gpu.slices else []
        if resources != wanted:
            found.append(f"{name} is sliced into {resources}")
    names = {override["node_selector"].get(POOL) for _, override in overrides(whole)}
    return found + [f"no pool is called {name}" for name in names - set(whole.nodes("NodePool"))]


def test_d16_names_lead_somewhere(whole: Whole) -> None:
    """Each label that a profile or a plugin goes by is there, with the slices of its pool."""
    assert dangling_names(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        profile("GPU, shared", "kubespawner_override", "node_selector", POOL, to="gpu-ts"),
        value(PLUGIN, "config", "map", "time-slicing-4"),
        node("NodePool", "gpu-shared", "template", "metadata", "labels", CONFIG),
        node("NodePool", "gpu-shared", "template", "metadata", "labels", CONFIG, to="whole"),
    ],
)
def test_d16_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A label that no pool has, and slicing without its configuration, are found."""
    assert dangling_names(rich.spoilt(mistake)) != []


def unserved_devices(whole: Whole) -> list[str]:
    """Return pools that no device plugin serves, and disks that do not hold their images."""
    found = []
    for name, pool in whole.deployment.profiles.pools.items():
        taints = whole.nodes("NodePool")[name]["template"]["spec"]["taints"]
        keys = {each["key"] for each in taints}
        if GPU in keys and not runs_bottlerocket(whole, name):
            if labels_of(whole, name).get(PRESENT) != "true":
                found.append(f"NVIDIA's plugin is kept off {name}")
            found += _kept_off(whole.values.get(PLUGIN), name, taints)
        if NEURON in keys:
            found += _kept_off(whole.values.get("neuron", {}).get("devicePlugin"), name, taints)
        mappings = whole.nodes("EC2NodeClass")[name]["blockDeviceMappings"]
        disks = {each["deviceName"]: each["ebs"]["volumeSize"] for each in mappings}
        holder = "/dev/xvdb" if runs_bottlerocket(whole, name) else "/dev/xvda"
        if disks.get(holder) != f"{pool.disk_gib}Gi":
            found.append(f"images of {name} have {disks.get(holder)}")
    return found


def _kept_off(
    plugin: dict[str, Any] | None, pool: str, taints: list[dict[str, str]]
) -> Iterator[str]:
    tolerated = {(each["key"], each["value"]) for each in (plugin or {}).get("tolerations", [])}
    for taint in taints:
        if (taint["key"], taint["value"]) not in tolerated:
            yield f"{taint['key']} keeps the plugin off {pool}"


def test_d17_device_plugins_get_onto_their_nodes(whole: Whole) -> None:
    """Label and taints let the plugin of a pool's devices in, and its disk holds the images."""
    assert unserved_devices(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        node("NodePool", "gpu", "template", "metadata", "labels", PRESENT),
        value(PLUGIN, "tolerations", to=[]),
        value("neuron", "devicePlugin", "tolerations", 0),
        node("EC2NodeClass", "gpu-mig", "blockDeviceMappings", 1),
        node("EC2NodeClass", "trainium", "blockDeviceMappings", 0, "ebs", "volumeSize", to="20Gi"),
    ],
)
def test_d17_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A missing label, a taint in the way and a small or missing disk are found."""
    assert unserved_devices(rich.spoilt(mistake)) != []
