"""A limit that a command suggests is one that `jhub validate` takes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.cli.console.costs import draw_costs
from jupyterhub_eks.costs.checking import budget_findings
from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.prices import prices_in
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.placement.proof import prove
from tests.support.hub import deployment

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment

REGION = "us-west-2"
TODAY = date(2026, 11, 21)
PRICES = prices_in(REGION)
# Machines with what each can be asked for.
POOLS: dict[str, tuple[list[str], dict[str, int]]] = {
    "cores": (["m7i", "c7i"], {}),
    "large only": (["m7i.48xlarge", "m7i.24xlarge"], {}),
    "GPUs": (["g6"], {"gpu": 1}),
    "many GPUs": (["p4d.24xlarge"], {"gpu": 1}),
    "one or many GPUs": (["g6.xlarge", "g6.12xlarge", "g6.48xlarge"], {"gpu": 1}),
    "one device": (["trn1"], {"neuron": 1}),
    "sixteen devices": (["trn1.32xlarge"], {"neuron": 1}),
    "Inferentia": (["inf2"], {"neuron": 1}),
    "a part of a GPU": (["g6f.xlarge"], {"gpu": 1}),
}


def of_pool(
    instances: list[str], profiles: list[dict[str, Any]], warm: int = 0, **more: Any
) -> Deployment:
    """Return a deployment with one pool."""
    pool = {"instances": instances, "warm": {"servers": warm}, "max": more.pop("max", {})}
    named = [
        {"name": f"P{index}", "pool": "p", "default": not index, **each}
        for index, each in enumerate(profiles)
    ]
    return deployment({"pools": {"p": pool}, "profiles": named}, region=REGION, **more)


def refused(found: Deployment) -> list[str]:
    """Return why servers of a deployment do not start."""
    return [each.message for each in placement_findings(found) if each.severity == "error"]


def suggested(found: Deployment) -> dict[str, int]:
    """Return what `jhub cost` offers to write; nothing where a pool has limits."""
    lines = [each.plain for each in draw_costs(estimate(found, PRICES, TODAY), 200)]
    text = "\n".join(lines)
    return {key: int(n) for key, n in re.findall(r"pools\.p\.max, e\.g\. \{(\w+): (\d+)\}", text)}


def proposed(found: Deployment) -> dict[str, int]:
    """Return what a budget that is not held leads to."""
    hints = " ".join(each.hint for each in budget_findings(found, PRICES, TODAY))
    return {key: int(n) for key, n in re.findall(r"max: \{(\w+): (\d+)\}", hints)}


MEMORY = st.sampled_from(["2G", "10G", "60G", "200G", "700G"])
CORES = st.sampled_from([0.5, 2, 12, 60, 150])


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(POOLS)),
    amounts=st.lists(
        st.fixed_dictionaries({}, optional={"memory": MEMORY, "cpu": CORES}),
        min_size=1,
        max_size=3,
    ),
    devices=st.sampled_from([1, 4, 16]),
    warm=st.sampled_from([0, 0, 30]),
    budget=st.sampled_from([1, 40, 400]),
)
def test_what_is_suggested_validates(
    kind: str, amounts: list[dict[str, Any]], devices: int, warm: int, budget: int
) -> None:
    """By the cost report and by a budget; what starts without a limit starts with it."""
    instances, asked = POOLS[kind]
    profiles = [{**each, **asked} for each in amounts]
    profiles[0] |= {key: devices for key in asked if kind not in {"GPUs", "a part of a GPU"}}
    before = of_pool(instances, profiles, warm)
    if not all(each.starts for each in prove(before, catalog())):
        return
    assert suggested(before)
    for limit in (
        suggested(before),
        proposed(of_pool(instances, profiles, warm, budget={"max_hourly_usd": budget})),
    ):
        assert refused(of_pool(instances, profiles, warm, max=limit)) == [], limit


@pytest.mark.parametrize(
    ("instances", "asked", "limit"),
    [
        (["trn1.32xlarge"], {"neuron": 1}, {"neuron": 16}),
        (["p4d.24xlarge"], {"gpu": 1}, {"gpu": 8}),
        (["trn1.2xlarge"], {"neuron": 1}, {"neuron": 2}),
        (["g6.xlarge", "g6.12xlarge"], {"gpu": 3}, {"gpu": 4}),
        (["m7i.48xlarge"], {}, {"cpu": 192}),
        (["m7i"], {}, {"cpu": 64}),
    ],
)
def test_one_machine_is_let_through_at_least(
    instances: list[str], asked: dict[str, int], limit: dict[str, int]
) -> None:
    """The smallest that holds the largest profile; where that is little, the usual example."""
    assert suggested(of_pool(instances, [asked])) == limit


def test_a_budget_lowers_no_limit_below_a_machine() -> None:
    """Another way is offered where the rest of the budget is not enough for one."""
    large = of_pool(
        ["g6.xlarge", "g6.48xlarge"],
        [{"gpu": 8}],
        max={"gpu": 64},
        budget={"max_hourly_usd": 8},
    )
    (finding,) = budget_findings(large, PRICES, TODAY)
    assert "max: {" not in finding.hint
    assert "would be enough" in finding.hint
