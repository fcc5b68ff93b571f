"""What cards say of a profile: amounts, devices, and with whom they are shared."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.releases.z2jh.inputs import Told
from jupyterhub_eks.releases.z2jh.profiles import profile_values
from tests.support.hub import deployment, values


def card(pool: dict[str, Any], hub_values: dict[str, Any] | None = None, **profile: Any) -> Any:
    """Return what the card of a profile says."""
    written = {"name": "P", "default": True, "pool": "p", **profile}
    found = values({"pools": {"p": pool}, "profiles": [written]}, hub_values=hub_values or {})
    return found["singleuser"]["profileList"][0]["jhub"]


def facts(pool: dict[str, Any], **profile: Any) -> dict[str, str]:
    """Return the facts of a card by their kind."""
    found: dict[str, str] = card(pool, **profile)["facts"]
    return found


CPU: dict[str, Any] = {"instances": ["m7i"], "sizes": ["xlarge"]}


@pytest.mark.parametrize(
    ("cpu", "text"),
    [
        (1, "1 core"),
        (2, "2 cores"),
        ("500m", "0.5 cores"),
        ({"guarantee": 1, "limit": 2}, "1 core, up to 2"),
    ],
)
def test_cores(cpu: Any, text: str) -> None:
    """Guarantee and limit, as people say them."""
    assert facts(CPU, cpu=cpu)["cpu"] == text


@pytest.mark.parametrize(
    ("memory", "text"),
    [
        ("4G", "4 GB"),
        ("8Gi", "8 GiB"),
        ("512Mi", "0.5 GiB"),
        ({"guarantee": "4G", "limit": "8G"}, "4 GB, up to 8 GB"),
    ],
)
def test_memory(memory: Any, text: str) -> None:
    """In the unit in which it was written."""
    assert facts(CPU, memory=memory)["memory"] == text


def test_what_is_not_limited_is_said_so() -> None:
    """The chart's own guarantee counts where the profile says nothing, and cores may be none."""
    assert facts(CPU) == {"memory": "1 GiB or more", "machine": "m7i (xlarge)"}


def test_own_settings_have_the_last_word() -> None:
    """The card tells what starts, not what was written first."""
    own = {"cpu_guarantee": 3, "cpu_limit": 3, "mem_limit": "6G", "mem_guarantee": "6G"}
    assert facts(CPU, cpu=1, memory="1G", kubespawner_override=own) == {
        "cpu": "3 cores",
        "memory": "6 GiB",
        "machine": "m7i (xlarge)",
    }


@pytest.mark.parametrize(
    ("instances", "gpu", "text", "shared"),
    [
        (["g6.xlarge"], {}, "One NVIDIA L4", ""),
        (["g6", "g5"], {}, "One NVIDIA L4 or A10G", ""),
        (
            ["g6.xlarge"],
            {"sharing": "time-slicing", "slices": 4},
            "One quarter of an NVIDIA L4",
            "Up to 4 users take turns on the GPU; its memory is not isolated",
        ),
        (
            ["g6.xlarge"],
            {"sharing": "mps", "slices": 3},
            "One third of an NVIDIA L4",
            "Up to 3 users compute on the GPU at the same time",
        ),
        (
            ["p5.4xlarge"],
            {"sharing": "mig", "profile": "1g.10gb"},
            "1/7 of an NVIDIA H100",
            "One of 7 partitions of the GPU: its memory and compute are yours alone.",
        ),
        (["g6f.xlarge"], {}, "One eighth of an NVIDIA L4", ""),
    ],
)
def test_gpus(instances: list[str], gpu: dict[str, Any], text: str, shared: str) -> None:
    """Model and part, and what others on the same GPU can do."""
    pool = {"instances": instances, "gpu": gpu}

    assert facts(pool, gpu=1)["gpu"] == text
    said = card(pool, gpu=1).get("sharing", "")
    assert said.startswith(shared)
    assert bool(said) == bool(shared)


def test_other_devices_and_whole_machines() -> None:
    """Neuron devices by their name; a machine of one's own is said."""
    assert facts({"instances": ["trn1.2xlarge"]}, neuron=1)["neuron"] == "One AWS Trainium"
    assert facts({"instances": ["inf2.24xlarge"]}, neuron=6)["neuron"] == "6 AWS Inferentia2"
    assert card({**CPU, "dedicated": True})["sharing"] == "The whole machine is yours alone."


def test_each_size_has_its_own_facts_and_price() -> None:
    """What differs between sizes stands in each of them, and nothing of it in the profile."""
    listed = deployment(
        {
            "pools": {"p": CPU},
            "profiles": [
                {
                    "name": "P",
                    "default": True,
                    "pool": "p",
                    "options": {"S": {"cpu": 1}, "L": {"cpu": 2, "description": "for <b>"}},
                }
            ],
        }
    ).profiles
    told = {"p": {"s": Told(price="about $1 an hour"), "l": Told(price="about $2 an hour")}}

    (entry,) = profile_values(listed, told=told)["singleuser"]["profileList"]

    sizes = entry["profile_options"]["size"]["choices"]
    assert "facts" not in entry["jhub"]
    assert [each["jhub"]["price"] for each in sizes.values()] == [
        "about $1 an hour",
        "about $2 an hour",
    ]
    assert [each["jhub"]["facts"]["cpu"] for each in sizes.values()] == ["1 core", "2 cores"]
    assert sizes["l"]["jhub"]["about"] == "for &lt;b&gt;"
    # For pages that do not know of cards.
    assert sizes["l"]["display_name"] == "L: for &lt;b&gt;"
