"""What an edit of ``profiles.yaml`` reaches: the platform and the hub, and no other stack."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.hub import COGNITO, DOMAIN, deployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.synth import Stacks, Synthesizer

PROFILES: Final[dict[str, Any]] = {
    "pools": {"cpu": {"instances": ["m7i"]}, "gpu": {"instances": ["g6.xlarge"]}},
    "profiles": [
        {
            "name": "CPU",
            "default": True,
            "pool": "cpu",
            "cpu": {"guarantee": 1, "limit": 2},
            "memory": {"guarantee": "4G", "limit": "4G"},
        },
        {"name": "GPU", "pool": "gpu", "gpu": 1},
    ],
}


def _more_memory(profiles: dict[str, Any]) -> None:
    profiles["profiles"][0]["memory"] = {"guarantee": "6G", "limit": "6G"}


def _other_text(profiles: dict[str, Any]) -> None:
    profiles["profiles"][0]["description"] = "For the course of Monday."


def _shared_gpu(profiles: dict[str, Any]) -> None:
    profiles["pools"]["gpu"]["gpu"] = {"sharing": "time-slicing", "slices": 4}


def _new_pool(profiles: dict[str, Any]) -> None:
    profiles["pools"]["neuron"] = {"instances": ["inf2.xlarge"]}
    profiles["profiles"].append({"name": "Neuron", "pool": "neuron", "neuron": 1})


def _larger_disk(profiles: dict[str, Any]) -> None:
    profiles["pools"]["gpu"]["disk_gib"] = 300


def made_of(synthesizer: Synthesizer, profiles: dict[str, Any]) -> Stacks:
    return synthesizer(deployment(profiles, name="lab", auth=COGNITO, access=DOMAIN))


@pytest.mark.parametrize(
    ("edit", "stacks"),
    [
        (_more_memory, {"hub"}),
        (_other_text, {"hub"}),
        (_larger_disk, {"platform"}),
        # The card on the server page says what part of a GPU it is.
        (_shared_gpu, {"platform", "hub"}),
        (_new_pool, {"platform", "hub"}),
    ],
)
def test_an_edit_reaches_only_the_kubernetes_half(
    synthesizer: Synthesizer, edit: Callable[[dict[str, Any]], None], stacks: set[str]
) -> None:
    """All other stacks stay the same, byte for byte, so that their plans are empty."""
    edited = copy.deepcopy(PROFILES)
    edit(edited)

    before, after = made_of(synthesizer, PROFILES), made_of(synthesizer, edited)

    assert after.keys() == before.keys()
    assert {name for name in after if after[name].content != before[name].content} == stacks
