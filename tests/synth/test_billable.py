"""Every resource that is synthesized is on a line of the idle floor, or free for a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.costs.billable import BILLED, FREE
from jupyterhub_eks.costs.floor import Assumptions, idle_floor
from jupyterhub_eks.costs.prices import prices_in
from tests.support.whole import CASES, Whole, whole_of

if TYPE_CHECKING:
    from tests.support.synth import Synthesizer


@pytest.fixture(params=CASES)
def whole(request: pytest.FixtureRequest, synthesizer: Synthesizer) -> Whole:
    """Return each deployment."""
    deployment = CASES[request.param]()
    return whole_of(deployment, synthesizer(deployment))


def test_no_resource_is_forgotten(whole: Whole) -> None:
    """A type of resource that is in neither list has to be judged first."""
    assert sorted(whole.kinds() - BILLED.keys() - FREE.keys()) == []


def test_lines_follow_the_resources(whole: Whole) -> None:
    """What is counted is what is made: no more lines, no fewer, and as many of each."""
    settings = whole.deployment.settings
    floor = idle_floor(
        whole.deployment, prices_in(settings.region), datetime.now(UTC).date(), Assumptions()
    )
    counts = {line.key: line.count for line in floor.lines}
    groups = whole.resources("aws_eks_node_group").values()
    endpoints = [
        body
        for body in whole.resources("aws_vpc_endpoint").values()
        if body["vpc_endpoint_type"] == "Interface"
    ]
    service = whole.hub["proxy"]["service"]

    wanted = {key for kind in whole.kinds() for key in BILLED.get(kind, ())}
    optional = {"nat-traffic", "endpoint", "load-balancer", "load-balancer-addresses"}
    assert wanted - counts.keys() - {"logs"} == set()
    assert counts.keys() - wanted - optional == {"hub-disk"}
    assert counts.get("nat", 0) == len(whole.resources("aws_nat_gateway"))
    assert counts.get("nat-addresses", 0) == len(whole.resources("aws_eip"))
    assert counts["system-nodes"] == sum(each["scaling_config"]["min_size"] for each in groups)
    assert counts.get("endpoint", 0) == sum(len(each["subnet_ids"]) for each in endpoints)
    has_balancer = service["type"] == "LoadBalancer" or "ingress" in whole.hub
    assert ("load-balancer" in counts) == has_balancer
