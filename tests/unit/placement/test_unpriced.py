"""Machines that Karpenter starts only where it can ask AWS for their price."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.placement.unpriced import FAMILIES, KARPENTER
from jupyterhub_eks.releases import catalog as charts
from tests.support.hub import deployment

EXISTING = {
    "existing": {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0b1c2d3e"],
    }
}


def warned(pool: dict[str, Any], network: dict[str, Any], region: str = "us-east-2") -> list[Any]:
    """Return the paths of what is said about prices, for two profiles in one pool."""
    entry = {"pool": "p", "neuron": 1}
    profiles = [{**entry, "name": "A", "default": True}, {**entry, "name": "B"}]
    found = deployment({"pools": {"p": pool}, "profiles": profiles}, region=region, network=network)
    return [each.path for each in placement_findings(found) if "Karpenter" in each.message]


def test_a_network_whose_ways_are_not_known() -> None:
    """A warning, once for the pool."""
    pool = {"instances": ["trn2.48xlarge"]}

    assert warned(pool, EXISTING) == [("pools", "p", "instances")]
    assert warned(pool, {}) == []


@pytest.mark.parametrize(
    "pool",
    [
        {"instances": ["trn2.48xlarge", "trn1.32xlarge"]},
        {"instances": ["trn2.48xlarge"], "capacity": ["spot", "on-demand"]},
        {"instances": ["trn2.48xlarge"], "capacity": "reserved"},
    ],
    ids=["another family", "spot", "reserved"],
)
def test_what_starts_all_the_same(pool: dict[str, Any]) -> None:
    """By another machine, by EC2's own price, or without one."""
    assert warned(pool, EXISTING) == []


def test_the_families_are_of_the_version_that_is_deployed() -> None:
    """Another Karpenter comes with other prices: look again at them, and change both."""
    assert charts.KARPENTER.version == KARPENTER


def test_every_family_is_known() -> None:
    """None is misspelt."""
    assert all(catalog().named(each) for each in FAMILIES)
