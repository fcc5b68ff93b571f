"""A server that uses few of many devices is told which machine has fewer."""

from __future__ import annotations

import pytest

from tests.support.foreign import ORIGINAL_POOLS, ORIGINAL_PROFILES, Report, one, report
from tests.unit.foreign.test_placing import ANY, TYPE, pool, takes

NEURON = "aws.amazon.com/neuron"
GPU = "nvidia.com/gpu"


def hints(found: Report) -> list[str]:
    """Return what to do about devices that are not used."""
    return [each.hint for each in found.problems if "the smallest machine that" in each.message]


def asking(resource: str, machine: str = "", more: str = "") -> str:
    """Return a profile with one device, and perhaps a machine that it selects."""
    selector = f", node_selector: {{{TYPE}: {machine}}}" if machine else ""
    return f'{{extra_resource_limits: {{{resource}: "1"}}, {ANY}{selector}{more}}}'


def test_the_original_blueprint_is_told_the_machine_with_one_device() -> None:
    """As `jhub validate` tells it of a pool of ours."""
    assert hints(report(ORIGINAL_PROFILES, ORIGINAL_POOLS)) == [
        "add `trn1.2xlarge` to the pool `trainium`"
    ]


@pytest.mark.parametrize(
    ("resource", "machine", "more", "hint"),
    [
        (NEURON, "trn1.32xlarge", "", "select `trn1.2xlarge`"),
        (GPU, "g5.12xlarge", "", "select `g5.xlarge` or `g5.2xlarge`"),
        (GPU, "g5.12xlarge", ", mem_guarantee: 100G", "select `g5.8xlarge` or `g5.16xlarge`"),
        (GPU, "p4d.24xlarge", "", "name a machine with fewer, unless others use the rest at"),
    ],
)
def test_a_machine_that_the_profile_names(
    resource: str, machine: str, more: str, hint: str
) -> None:
    """Without pools another one is selected, if one has the same devices and the room."""
    (found,) = hints(one(asking(resource, machine, more)))
    assert found.startswith(hint)


def test_a_pool_and_a_selector_are_both_widened() -> None:
    """Where the selector keeps the profile from what the pool would get."""
    large = pool("n", takes("trn1.32xlarge"))
    assert hints(one(asking(NEURON), large)) == ["add `trn1.2xlarge` to the pool `n`"]
    assert hints(one(asking(NEURON, "trn1.32xlarge"), large)) == [
        "add `trn1.2xlarge` to the pool `n`, and select it"
    ]


def test_a_machine_that_the_region_does_not_offer_is_not_named() -> None:
    """It would never start there; the machine with more devices is offered."""
    found = one(asking(NEURON, "trn1.32xlarge"), region="ap-south-1")
    (hint,) = hints(found)
    assert hint.startswith("name a machine with fewer")
