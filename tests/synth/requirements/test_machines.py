"""D18, D19, D22: which machines are bought for whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pools import fits, machines
from tests.support.whole import Spoil, Whole, node, profile, value

GPU = "nvidia.com/gpu"
NEURON = "aws.amazon.com/neuron"
POOL = "jhub/pool"
NODEPOOL = "karpenter.sh/nodepool"
GPU_COUNT = "karpenter.k8s.aws/instance-gpu-count"
NEURON_COUNT = "karpenter.k8s.aws/instance-accelerator-count"
DEVICES = [(GPU, GPU_COUNT), (NEURON, NEURON_COUNT)]
REQUIREMENTS = ("template", "spec", "requirements")
USER_TAINT = {"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NoSchedule"}


def dear_defaults(whole: Whole) -> list[str]:
    """Return what is dear about the default."""
    defaults = [each for each in whole.profiles if each.get("default")]
    found = [] if len(defaults) == 1 else [f"{len(defaults)} profiles are the default"]
    return found + [
        f"the default is {each['display_name']}, which has a device"
        for each in defaults
        if "extra_resource_limits" in each["kubespawner_override"]
    ]


def too_large(whole: Whole, device: str, label: str) -> list[str]:
    """Return machines that a pool may start with more devices than a server asks for."""
    asked: dict[str, int] = {}
    for each in whole.profiles:
        override = each["kubespawner_override"]
        count = int(override.get("extra_resource_limits", {}).get(device, 0))
        name = override["node_selector"][POOL]
        asked[name] = max(asked.get(name, 0), count)
    found = []
    for name, spec in whole.nodes("NodePool").items():
        for labels in _chosen(spec) if asked.get(name) else []:
            if int(labels.get(label, 0)) > asked[name]:
                kind = labels["node.kubernetes.io/instance-type"]
                found.append(f"{name} for {asked[name]} may start a {kind}")
    return found


def _chosen(spec: dict[str, Any]) -> list[dict[str, str]]:
    rest = [
        each
        for each in spec["template"]["spec"]["requirements"]
        if each["key"] != "karpenter.sh/capacity-type"
    ]
    return [labels for labels in machines() if fits(rest, labels)]


def test_d18_the_default_is_cheap(whole: Whole) -> None:
    """One profile is preselected, and it has no device."""
    assert dear_defaults(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        profile("GPU, whole", "default", to=True),
        profile("CPU", "default"),
        profile("CPU", "kubespawner_override", "extra_resource_limits", to={GPU: "1"}),
    ],
)
def test_d18_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Two defaults, none, and one with a GPU are found."""
    assert dear_defaults(rich.spoilt(mistake)) != []


@pytest.mark.parametrize(("device", "label"), DEVICES)
def test_d18_d22_machines_have_what_is_asked_for(whole: Whole, device: str, label: str) -> None:
    """No machine that a pool may start has more devices than its largest server asks for."""
    assert too_large(whole, device, label) == []


@pytest.mark.parametrize(
    ("device", "label", "mistake"),
    [
        (
            *DEVICES[0],
            node("NodePool", "gpu-shared", *REQUIREMENTS, 3, "values", 0, to="g5.24xlarge"),
        ),
        (*DEVICES[1], node("NodePool", "trainium", *REQUIREMENTS, 5, "values", to=["16"])),
    ],
)
def test_d18_d22_is_noticed(rich: Whole, device: str, label: str, mistake: Spoil) -> None:
    """A machine with four GPUs, and one with sixteen devices, are found."""
    assert too_large(rich.spoilt(mistake), device, label) != []


def nodes_per_user(whole: Whole) -> list[str]:
    """Return shared pools for which Karpenter would start a node for every user."""
    found = []
    gate = whole.values["karpenter"]["settings"]["featureGates"].get("nodeOverlay")
    overlays = whole.nodes("NodeOverlay").values()
    for name in whole.deployment.profiles.pools:
        slices = _slices(whole, name)
        if slices == 1:
            continue
        if gate is not True:
            found.append(f"Karpenter does not look at overlays, and {name} is shared")
        told = {
            each["requirements"][1]["values"][0]: each["capacity"].get(GPU)
            for each in overlays
            if each["requirements"][0] == {"key": NODEPOOL, "operator": "In", "values": [name]}
            and each["requirements"][1]["key"] == GPU_COUNT
        }
        counts = {labels.get(GPU_COUNT) for labels in _chosen(whole.nodes("NodePool")[name])}
        found += [
            f"{name}: {count} GPUs count as {told.get(count or '')}"
            for count in counts
            if count is None or told.get(count) != str(int(count) * slices)
        ]
    return found


def _slices(whole: Whole, pool: str) -> int:
    """Return how many users share a GPU, by the limit that its nodes are held against."""
    config = whole.deployment.profiles.pools[pool]
    if config.gpu.sharing == "none":
        return 1
    limit = int(whole.nodes("NodePool")[pool]["limits"][GPU])
    return limit // config.max["gpu"]


def test_d19_users_share_nodes(whole: Whole) -> None:
    """Karpenter is told the slices of every machine of a shared pool."""
    assert nodes_per_user(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("karpenter", "settings", "featureGates", "nodeOverlay", to=False),
        node("NodeOverlay", "gpu-shared-1-gpu", "capacity", to={}),
        node("NodeOverlay", "gpu-mig-1-gpu", "capacity", GPU, to="1"),
        node("NodeOverlay", "gpu-shared-1-gpu", "requirements", 0, "values", to=["other"]),
    ],
)
def test_d19_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A gate that is off, and an overlay that is missing or wrong, are found."""
    assert nodes_per_user(rich.spoilt(mistake)) != []


def wrong_company(whole: Whole) -> list[str]:
    """Return user nodes on which others settle, and the other way round."""
    found = [
        f"system pods settle on {name}"
        for name, spec in whole.nodes("NodePool").items()
        if USER_TAINT not in spec["template"]["spec"]["taints"]
    ]
    pods = whole.hub["scheduling"].get("corePods", {}).get("nodeAffinity", {})
    if pods.get("matchNodePurpose") != "require":
        found.append("hub and proxy settle anywhere")
    return found


def test_d22_user_nodes_are_for_users(whole: Whole) -> None:
    """System pods do not get onto them, so that they can become empty."""
    assert wrong_company(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        node("NodePool", "cpu", "template", "spec", "taints", to=[]),
        value("jupyterhub", "scheduling", "corePods"),
    ],
)
def test_d22_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A pool without the taint, and core pods that go anywhere, are found."""
    assert wrong_company(rich.spoilt(mistake)) != []
