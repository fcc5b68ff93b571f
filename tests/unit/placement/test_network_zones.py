"""Machines of so few zones that the network may have none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.placement.checking import placement_findings

if TYPE_CHECKING:
    from jupyterhub_eks.config.rules.finding import Finding

PROFILES: dict[str, Any] = {
    "pools": {"trn": {"instances": ["trn1.2xlarge"]}},
    "profiles": [
        {"name": "A", "pool": "trn", "default": True, "neuron": 1},
        {"name": "B", "pool": "trn", "neuron": 1},
    ],
}
ADOPTED = {
    "existing": {
        "vpc_id": "vpc-0123456789abcdef0",
        "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    }
}


def findings(**settings: Any) -> list[Finding]:
    deployment = Deployment(
        settings=DeploymentFile.model_validate(settings),
        profiles=ProfilesFile.model_validate(PROFILES),
    )
    return list(placement_findings(deployment))


def test_a_network_that_may_miss_the_zones_is_warned_of_once() -> None:
    """In us-east-1 trn1 is in two of the five zones that EKS can use; three may be the others."""
    (finding,) = findings(region="us-east-1")

    assert finding.severity == "warning"
    assert finding.path == ("pools", "trn", "instances")
    assert finding.message == (
        "AWS offers trn1.2xlarge in 2 of the 5 zones of us-east-1 that EKS can use, and the "
        "network takes 3, which may be others; `A` would never start"
    )
    assert finding.hint.startswith("write `network: {zones: 4}` in jhub.yaml")


def test_what_the_hint_says_is_enough() -> None:
    """Four of five zones have at least one of any two; so have three of four (us-west-2)."""
    assert findings(region="us-east-1", network={"zones": 4}) == []
    assert findings(region="us-west-2") == []


def test_zones_of_an_adopted_network_are_not_known() -> None:
    """So nothing is said of them."""
    assert findings(region="us-east-1", network=ADOPTED) == []
