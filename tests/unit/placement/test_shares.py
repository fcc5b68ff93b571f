"""Slices of a shared GPU that no server can use, and devices that nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from jupyterhub_eks.config.rules.finding import Finding

SLICED = {
    "instances": ["g6.xlarge", "g5.xlarge"],
    "gpu": {"sharing": "time-slicing", "slices": 4},
}


def findings(pool: dict[str, Any], **profile: Any) -> list[Finding]:
    """Check one profile in one pool, in us-east-2, which has all machines of the tests."""
    file = {"pools": {"p": pool}, "profiles": [{"name": "P", "pool": "p", **profile}]}
    profiles = ProfilesFile.model_validate(file)
    deployment = Deployment(settings=DeploymentFile(region="us-east-2"), profiles=profiles)
    return list(placement_findings(deployment))


@pytest.mark.parametrize("sharing", ["time-slicing", "mps"])
def test_cores_for_three_of_four(sharing: str) -> None:
    """The number that is missing, at the amount that is too large."""
    pool = {**SLICED, "gpu": {"sharing": sharing, "slices": 4}}

    (found,) = findings(pool, gpu=1, cpu=1, memory="2G")

    assert (found.path, found.severity) == (("profiles", 0, "cpu"), "warning")
    assert "4 share the GPU of g5.xlarge, but only 3 servers fit" in found.message
    assert "a fourth needs 1 core, and 0.73 are left" in found.message
    assert found.hint == (
        "write `cpu.guarantee: 0.9` or less, or write `slices: 3` for the pool `p`"
    )


def test_memory_for_fewer_partitions() -> None:
    """Their number is the hardware's, so only the amount can change."""
    pool = {"instances": ["p5.4xlarge"], "gpu": {"sharing": "mig", "profile": "1g.10gb"}}

    (found,) = findings(pool, gpu=1, cpu=1, memory="60G")

    assert "7 share the GPU of p5.4xlarge" in found.message
    assert "needs 60G (55.9 GiB) of memory" in found.message
    assert "slices" not in found.hint


@pytest.mark.parametrize(
    "profile",
    [{"cpu": 1, "memory": "2G"}, {"cpu": "500m", "memory": "6G"}, {"cpu": 2, "memory": "7Gi"}],
)
def test_what_is_offered_lets_everybody_in(profile: dict[str, Any]) -> None:
    """Written as it says, nothing is warned of."""
    (found,) = findings(SLICED, gpu=1, **profile)
    way = found.hint.partition(", or ")[0]
    for key in ("cpu", "memory"):
        _, is_named, rest = way.partition(f"`{key}.guarantee: ")
        if is_named:
            profile = {**profile, key: rest.partition("`")[0]}

    assert findings(SLICED, gpu=1, **profile) == []


@pytest.mark.parametrize(
    ("pool", "profile"),
    [
        (SLICED, {"cpu": "900m", "memory": "2G"}),
        ({**SLICED, "instances": ["g6.xlarge", "g6.2xlarge", "g6.4xlarge"]}, {"cpu": 1}),
        ({**SLICED, "dedicated": True}, {"cpu": 1}),
        (SLICED, {"memory": "2G", "options": {"S": {"cpu": "500m"}, "L": {"cpu": 3}}}),
    ],
    ids=["all fit", "most machines hold all", "one to a node", "a large size beside a small one"],
)
def test_what_is_meant_is_not_warned_of(pool: dict[str, Any], profile: dict[str, Any]) -> None:
    """Every slice can be used, or none is to be."""
    assert findings(pool, gpu=1, **profile) == []


@pytest.mark.parametrize(
    ("machine", "profile", "message", "hint"),
    [
        (
            "trn1.32xlarge",
            {"neuron": 1},
            "asks for 1 of the 16 Neuron devices of trn1.32xlarge, the smallest machine",
            "add `trn1.2xlarge` to the pool `p`",
        ),
        (
            "g6.48xlarge",
            {"gpu": 2},
            "asks for 2 of the 8 GPUs of g6.48xlarge, the smallest machine",
            "add `g6.12xlarge`",
        ),
        ("p4d.24xlarge", {"gpu": 1}, "asks for 1 of the 8 GPUs", "unless others use the rest"),
    ],
)
def test_many_more_devices_than_asked_for(
    machine: str, profile: dict[str, Any], message: str, hint: str
) -> None:
    """A machine with the same device is named, if there is a smaller one."""
    (found,) = findings({"instances": [machine]}, **profile)

    assert found.severity == "warning"
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    ("names", "profile"),
    [
        (["trn1.32xlarge", "trn1.2xlarge"], {"neuron": 1}),
        (["trn1.32xlarge"], {"neuron": 16}),
        (["g6.12xlarge"], {"gpu": 3}),
        (["trn1"], {"neuron": 1}),
    ],
)
def test_machines_that_suit(names: list[str], profile: dict[str, Any]) -> None:
    """One of the pool is as small as it can be, or nearly."""
    assert findings({"instances": names}, **profile) == []


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in (data_root() / "examples").glob("*/jhub.yaml"))
)
def test_nothing_is_said_about_the_examples(name: str) -> None:
    """They are models to copy."""
    file = data_root() / "examples" / name / "jhub.yaml"

    assert list(placement_findings(load(ConfigSources(files=(file,))).deployment)) == []
