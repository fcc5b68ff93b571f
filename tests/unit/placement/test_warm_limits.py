"""Room that a pool keeps for servers, held against what the whole pool may have."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import pytest

from jupyterhub_eks.instances.catalog import catalog
from tests.unit.placement.test_findings import findings
from tests.unit.placement.test_proof import users, verdict

# Three of these fit on m7i.xlarge, seven on m7i.2xlarge.
SERVER = {"cpu": {"guarantee": 1, "limit": 1}, "memory": {"guarantee": "4G", "limit": "4G"}}
CPU = {"instances": ["m7i.xlarge", "m7i.2xlarge"]}


def faults(pool: dict[str, Any], **profile: Any) -> list[tuple[str, str]]:
    """Return message and hint of each error about ``warm.servers``."""
    return [
        (each.message, each.hint)
        for each in findings(pool, **profile)
        if each.path == ("pools", "p", "warm", "servers") and each.severity == "error"
    ]


@pytest.mark.parametrize(
    ("pool", "profile", "message", "hint"),
    [
        (
            {**CPU, "max": {"nodes": 2}, "warm": {"servers": 15}},
            SERVER,
            "room for 15 servers takes at least 3 nodes, and `max: {nodes: 2}` lets the pool",
            "write `servers: 14` or less, or `max: {nodes: 3}` or more",
        ),
        (
            {**CPU, "max": {"cpu": 20}, "warm": {"servers": 18}},
            SERVER,
            "room for 18 servers takes at least 24 cores, and `max: {cpu: 20}` lets the pool",
            "write `servers: 17` or less, or `max: {cpu: 24}` or more",
        ),
        (
            {"instances": ["g6.xlarge"], "max": {"gpu": 2}, "warm": {"servers": 3}},
            {"gpu": 1, **SERVER},
            "room for 3 servers takes at least 3 GPUs, and `max: {gpu: 2}` lets the pool have 2",
            "write `servers: 2` or less, or `max: {gpu: 3}` or more",
        ),
        (
            {"instances": ["inf2.xlarge"], "max": {"neuron": 1}, "warm": {"servers": 2}},
            {"neuron": 1, **SERVER},
            "room for 2 servers takes at least 2 Neuron devices",
            "write `servers: 1` or less, or `max: {neuron: 2}` or more",
        ),
        (
            {"instances": ["m7i.xlarge"], "max": {"memory_gib": 40}, "warm": {"servers": 9}},
            SERVER,
            "room for 9 servers takes at least 45 GiB of memory",
            "write `servers: 6` or less, or `max: {memory_gib: 45}` or more",
        ),
        (
            {"instances": ["m9z"], "max": {"cpu": 4}, "warm": {"servers": 5}},
            SERVER,
            "room for 5 servers takes at least 5 cores",
            "write `servers: 4` or less, or `max: {cpu: 5}` or more",
        ),
        # A placeholder asks for what a server really gets.
        (
            {**CPU, "max": {"nodes": 1}, "warm": {"servers": 7}},
            {**SERVER, "kubespawner_override": {"mem_guarantee": "20G"}},
            "room for 7 servers takes at least 7 nodes",
            "write `servers: 1` or less, or `max: {nodes: 7}` or more",
        ),
    ],
    ids=["nodes", "cores", "GPUs", "Neuron", "memory", "machines that nobody knows", "override"],
)
def test_more_room_than_the_pool_may_have_is_refused(
    pool: dict[str, Any], profile: dict[str, Any], message: str, hint: str
) -> None:
    """What it takes at the least, the limit, and both ways to write it."""
    (found,) = faults(pool, **profile)
    assert found[0].startswith(message)
    assert found[1] == hint


@pytest.mark.parametrize(
    ("pool", "profile"),
    [
        ({**CPU, "max": {"nodes": 2}, "warm": {"servers": 14}}, SERVER),
        ({**CPU, "max": {"cpu": 20}, "warm": {"servers": 17}}, SERVER),
        ({**CPU, "warm": {"servers": 1000}}, SERVER),
        ({**CPU, "max": {"nodes": 1, "cpu": 8}, "warm": {"nodes": 50}}, SERVER),
        (
            {
                "instances": ["g6.xlarge"],
                "gpu": {"sharing": "time-slicing", "slices": 4},
                "max": {"gpu": 1},
                "warm": {"servers": 3},
            },
            {"gpu": 1, "memory": "3G"},
        ),
    ],
    ids=["nodes", "cores", "no limit", "nodes that always run", "slices"],
)
def test_room_that_the_pool_may_have(pool: dict[str, Any], profile: dict[str, Any]) -> None:
    """The most that fits is taken; nodes that always run are outside of the limits."""
    assert faults(pool, **profile) == []


@pytest.mark.parametrize("servers", range(1, 24))
@pytest.mark.parametrize("most", [4, 8, 12, 16, 20])
def test_it_is_refused_exactly_where_no_machines_together_hold_it(servers: int, most: int) -> None:
    """Every mix of the pool's machines within the limit is tried."""
    pool = {**CPU, "max": {"cpu": most}, "warm": {"servers": servers}}
    held = users(verdict(CPU, **SERVER))
    cores = {each.name: each.vcpu for name in held for each in catalog().named(name)}
    mixes = (mix for count in range(1, 6) for mix in combinations_with_replacement(held, count))
    fits = any(
        sum(cores[name] for name in mix) <= most and sum(held[name] for name in mix) >= servers
        for mix in mixes
    )

    assert (faults(pool, **SERVER) == []) == fits


def test_each_limit_that_is_too_small_is_named() -> None:
    """Both at once, with one number of servers that is within both."""
    found = faults({**CPU, "max": {"cpu": 8, "nodes": 2}, "warm": {"servers": 20}}, **SERVER)
    assert [hint.partition(", or ")[0] for _, hint in found] == [
        "write `servers: 7` or less",
        "write `servers: 7` or less",
    ]
