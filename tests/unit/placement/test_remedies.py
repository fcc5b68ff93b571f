"""What is offered to be written lets the profile start."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.placement.proof import prove

CONTAINER = {"name": "side", "resources": {"requests": {"cpu": "300m", "memory": "700Mi"}}}


def deployment(
    pool: dict[str, Any], profile: dict[str, Any], *, beside: bool = False, **more: Any
) -> Deployment:
    """Return one with one profile; ``beside``: another container runs in its pods."""
    values = {"singleuser": {"extraContainers": [CONTAINER]}} if beside else {}
    return Deployment(
        settings=DeploymentFile.model_validate(
            {"hub_values": values, "region": "us-west-2", **more}
        ),
        profiles=ProfilesFile.model_validate(
            {
                "pools": {"p": pool},
                "profiles": [{"name": "P", "pool": "p", "default": True, **profile}],
            }
        ),
    )


def hint(*args: Any, **more: Any) -> str:
    """Return the remedy of the only error."""
    (found,) = (
        each for each in placement_findings(deployment(*args, **more)) if each.severity == "error"
    )
    return found.hint


def ways(text: str) -> list[dict[str, str]]:
    """Read the amounts of each way to write something."""
    found = [dict(re.findall(r"`([a-z.]+): ([^`{]+)`", way)) for way in text.split(", or ")]
    return [each for each in found if each]


def written(profile: dict[str, Any], amounts: dict[str, str]) -> dict[str, Any]:
    """Write amounts into a profile, as its reader would."""
    changed = dict(profile)
    for path, value in amounts.items():
        key, _, half = path.partition(".")
        old = profile.get(key)
        changed[key] = (
            {"limit": old, half: value} if half and old else {half: value} if half else int(value)
        )
    return changed


AMOUNTS = {
    "cpu": st.integers(1, 100_000).map(lambda milli: f"{milli}m"),
    "memory": st.one_of(
        st.integers(256, 400_000).map(lambda mega: f"{mega}M"),
        st.integers(1, 400).map(lambda gibi: f"{gibi}Gi"),
    ),
}


CPU_POOLS = st.sampled_from(
    [["m7i"], ["m7i", "r7i", "c7i"], ["c7i", "t3"], ["m6i.4xlarge"], ["r7i.large", "c7i.8xlarge"]]
)
GPU_POOLS = st.sampled_from(
    [["g6"], ["g6", "g5"], ["p4d"], ["g6", "p4d"], ["g6.xlarge"], ["g6.12xlarge", "g5.2xlarge"]]
)


@given(
    names=CPU_POOLS,
    limits=st.fixed_dictionaries({}, optional={"cpu": st.integers(2, 64)}),
    profile=st.fixed_dictionaries({}, optional=AMOUNTS),
    container=st.booleans(),
)
def test_every_way_lets_a_server_start(
    names: list[str],
    limits: dict[str, int],
    profile: dict[str, Any],
    container: bool,  # noqa: FBT001 - drawn
) -> None:
    """Amounts alone or two together, also beside another container."""
    _try_all({"instances": names, "max": limits}, profile, beside=container)


@given(
    names=GPU_POOLS,
    gpus=st.integers(1, 16),
    profile=st.fixed_dictionaries({}, optional=AMOUNTS),
)
def test_so_does_a_number_of_gpus(names: list[str], gpus: int, profile: dict[str, Any]) -> None:
    """Although the machines of a pool depend on how many are asked for."""
    _try_all({"instances": names}, {"gpu": gpus, **profile}, beside=False)


def _try_all(pool: dict[str, Any], profile: dict[str, Any], *, beside: bool) -> None:
    before = deployment(pool, profile, beside=beside)
    for found in placement_findings(before):
        if found.severity != "error":
            continue
        for amounts in ways(found.hint):
            after = deployment(pool, written(profile, amounts), beside=beside)
            (verdict,) = prove(after, catalog())
            assert verdict.starts, (found.hint, amounts)


def test_an_amount_that_alone_is_not_enough_is_not_offered() -> None:
    """With fewer cores the memory is still too much on the machines that have them."""
    pool = {"instances": ["m6i"], "sizes": ["xlarge", "2xlarge", "4xlarge"]}

    assert ways(hint(pool, {"cpu": 8, "memory": "64G"})) == [{"memory.guarantee": "60.3G"}]


def test_two_amounts_that_are_too_large_everywhere_are_changed_together() -> None:
    """In the unit in which the memory was written."""
    profile = {"cpu": 16, "memory": "64Gi"}

    (found,) = ways(hint({"instances": ["m6i.4xlarge"]}, profile))

    assert found == {"cpu.guarantee": "15.7", "memory.guarantee": "56.1Gi"}


def test_every_limit_that_a_machine_exceeds_is_named() -> None:
    """One alone would lead to the next."""
    pool = {"instances": ["m7i.4xlarge"], "max": {"cpu": 8, "memory_gib": 32}}

    assert "write `max: {cpu: 16, memory_gib: 64}` or more" in hint(pool, {})


def test_trainium_is_not_replaced_by_inferentia() -> None:
    """Regions that offer it are named instead, three at most."""
    found = hint({"instances": ["trn1.2xlarge"]}, {"neuron": 1}, region="eu-central-1")

    assert "inf2" not in found
    assert found == "choose a region that has them: us-east-1, us-east-2, us-west-2"


@pytest.mark.parametrize(
    "more",
    [
        {"zones": ["euc1-az1"]},
        {"zones": ["eu-central-1a"]},
    ],
)
def test_no_region_for_a_pool_with_zones(more: dict[str, Any]) -> None:
    """They are of the region that is configured."""
    pool = {"instances": ["trn1.2xlarge"], **more}

    assert "region" not in hint(pool, {"neuron": 1}, region="eu-central-1")
