"""The most that an hour can cost."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from operator import mul
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.filling import Item, fill
from jupyterhub_eks.costs.packing import pack
from jupyterhub_eks.instances.catalog import catalog
from tests.support.hub import deployment
from tests.support.instances import machine
from tests.support.prices import HOURLY, MACHINES, price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyterhub_eks.costs.worst import WorstCase
    from jupyterhub_eks.instances.model import InstanceType

FLOOR = Decimal("293.473") / 730
REAL = [
    each.name
    for family in ("m7i", "m7a", "m6i", "c7i", "r7i", "g5", "g6", "g6e", "p5")
    for each in catalog().named(family)
    if catalog().price("us-east-1", each.name)
]


def worst_of(
    folder: Path, pool: dict[str, Any], *, hourly: dict[str, str] | None = None, **profile: Any
) -> WorstCase:
    """Return the worst case of one pool with one profile."""
    profiles = {
        "pools": {"p": {"instances": ["m7i.xlarge", "m7i.2xlarge"], "disk_gib": 100, **pool}},
        "profiles": [{"name": "P", "pool": "p", "default": True, **profile}],
    }
    prices = price_table(folder, hourly=hourly)
    return estimate(deployment(profiles, region="us-east-1"), prices, TODAY).worst


def test_whole_machines_up_to_the_limit(tmp_path: Path) -> None:
    """20 cores are five machines of 4: by the disk each, small ones are dearer."""
    worst = worst_of(tmp_path, {"max": {"cpu": 20}})

    (pool,) = worst.pools
    assert (pool.state, pool.machines, pool.limit) == ("limited", "5 x m7i.xlarge", "cpu")
    assert pool.hourly == 5 * Decimal("0.21")
    assert worst.hourly == 5 * Decimal("0.21") + FLOOR


def test_a_rest_that_holds_no_machine_costs_nothing(tmp_path: Path) -> None:
    """23 cores are no more than 20."""
    assert worst_of(tmp_path, {"max": {"cpu": 23}}).pools[0].hourly == Decimal("1.05")


def test_a_machine_above_the_limit_is_never_started(tmp_path: Path) -> None:
    """With 4 cores only the small one is possible."""
    assert worst_of(tmp_path, {"max": {"cpu": 4}}).pools[0].machines == "1 x m7i.xlarge"


def test_of_several_limits_the_lowest_counts(tmp_path: Path) -> None:
    """Memory holds what cores would let through; a node reports less than it is sold with."""
    pool = worst_of(tmp_path, {"max": {"cpu": 400, "memory_gib": 32}}).pools[0]

    assert pool.limit == "memory_gib"
    assert pool.hourly is not None
    assert pool.hourly >= 2 * Decimal("0.21")
    assert pool.hourly < 3 * Decimal("0.21")


def test_a_limit_that_holds_nothing(tmp_path: Path) -> None:
    """A limit on GPUs holds no machine without one, so the pool is unlimited."""
    worst = worst_of(tmp_path, {"max": {"gpu": 2}})

    assert worst.pools[0].state == "unlimited"
    assert worst.hourly is None


def test_no_limit(tmp_path: Path) -> None:
    """No limit is no bound, and what would be one is named by the pool's machines."""
    assert worst_of(tmp_path / "a", {}).pools[0].suggested == "cpu"
    pool = worst_of(tmp_path / "b", {"instances": ["g6.xlarge"]}, gpu=1).pools[0]
    assert (pool.state, pool.suggested, pool.dearest) == ("unlimited", "gpu", Decimal("0.81"))


def test_gpus(tmp_path: Path) -> None:
    """Shared GPUs count whole: the limit is in GPUs, not in slices."""
    gpu = {"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 4}}
    pool = worst_of(tmp_path, {**gpu, "max": {"gpu": 2}}, gpu=1).pools[0]

    assert (pool.machines, pool.hourly) == ("2 x g6.xlarge", Decimal("1.62"))


def test_a_missing_price_is_no_zero(tmp_path: Path) -> None:
    """The dearest machine could be the one without a price."""
    hourly = {name: amount for name, amount in HOURLY.items() if name != "m7i.2xlarge"}
    worst = worst_of(tmp_path, {"max": {"cpu": 20}}, hourly=hourly)

    assert (worst.pools[0].state, worst.pools[0].machines) == ("unpriced", "m7i.2xlarge")
    assert worst.hourly is None


def test_a_machine_that_nobody_has_heard_of(tmp_path: Path) -> None:
    """Neither is it left out of the bound."""
    pool = worst_of(tmp_path, {"instances": ["m7i.xlarge", "m99.xlarge"], "max": {"cpu": 20}})

    assert (pool.pools[0].state, pool.pools[0].machines) == ("unpriced", "m99.xlarge")


def test_a_pool_that_no_profile_uses(tmp_path: Path) -> None:
    """Karpenter starts nothing without a server that waits for it."""
    profiles = {
        "pools": {
            "p": {"instances": ["m7i.xlarge"], "max": {"cpu": 4}},
            "idle": {"instances": ["m7i.xlarge"]},
        },
        "profiles": [{"name": "P", "pool": "p", "default": True}],
    }
    prices = price_table(tmp_path)
    worst = estimate(deployment(profiles, region="us-east-1"), prices, TODAY).worst

    assert [pool.state for pool in worst.pools] == ["limited", "unused"]
    assert worst.hourly is not None


def test_limits_hold_together(tmp_path: Path) -> None:
    """Sixteen GPUs by the cores are none of the sets, as there are five GPUs at most."""
    machines = (
        *MACHINES,
        _gpus("g5.xlarge", 4, 1),
        _gpus("g5.8xlarge", 32, 1),
        _gpus("g5.12xlarge", 48, 4),
    )
    hourly = {**HOURLY, "g5.xlarge": "1", "g5.8xlarge": "2.5", "g5.12xlarge": "5.5"}
    pool = {
        "instances": ["g5"],
        "sizes": ["xlarge", "8xlarge", "12xlarge"],
        "disk_gib": 100,
        "max": {"gpu": 5, "cpu": 64},
    }
    profiles = {
        "pools": {"p": pool},
        "profiles": [
            {"name": "P", "pool": "p", "default": True, "gpu": 4},
            {"name": "Q", "pool": "p", "gpu": 1},
        ],
    }
    prices = price_table(tmp_path, machines=machines, hourly=hourly)
    worst = estimate(deployment(profiles, region="us-east-1"), prices, TODAY).worst

    (found,) = worst.pools
    # 4 x g5.xlarge and 1 x g5.8xlarge are 6.55 with disks; 2 x g5.8xlarge leave no core.
    assert found.machines == "4 x g5.xlarge, 1 x g5.8xlarge"
    assert (found.hourly, found.is_exact) == (Decimal("6.55"), True)


def _gpus(name: str, cores: int, count: int) -> InstanceType:
    return machine(
        name,
        vcpu=cores,
        memory_mib=cores * 4096,
        gpu_manufacturer="nvidia",
        gpu_name="a10g",
        gpu_count=count,
        gpu_memory_mib=24576,
    )


def test_a_machine_that_karpenter_takes_for_smaller(tmp_path: Path) -> None:
    """It counts what a node reports of its memory, so 15 GiB let one of 16 GiB through."""
    worst = worst_of(tmp_path, {"max": {"memory_gib": 15}})

    assert (worst.pools[0].machines, worst.pools[0].limit) == ("1 x m7i.xlarge", "memory_gib")


def test_a_machine_above_a_limit_needs_no_price(tmp_path: Path) -> None:
    """As it is never started."""
    hourly = {name: amount for name, amount in HOURLY.items() if name != "m7i.2xlarge"}
    worst = worst_of(tmp_path, {"max": {"cpu": 4}}, hourly=hourly)

    assert worst.pools[0].machines == "1 x m7i.xlarge"


@pytest.mark.parametrize("limits", [{"cpu": 4}, {"nodes": 1}, {"cpu": 9, "memory_gib": 20}, {}])
@pytest.mark.parametrize("servers", [1, 2, 5, 40])
def test_the_floor_is_never_above_it(tmp_path: Path, limits: dict[str, int], servers: int) -> None:
    """Room that the limits leave no machines for is not kept, so it is not billed either."""
    profiles = {
        "pools": {
            "p": {
                "instances": ["m7i.xlarge", "m7i.2xlarge"],
                "max": limits,
                "warm": {"servers": servers},
            }
        },
        "profiles": [{"name": "P", "pool": "p", "default": True, "memory": "6G"}],
    }
    found = estimate(deployment(profiles, region="us-east-1"), price_table(tmp_path), TODAY)

    assert found.floor.monthly > FLOOR * 730
    assert found.worst.hourly is None or found.floor.hourly <= found.worst.hourly
    assert (found.worst.hourly is None) is (not limits)


KINDS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 4), st.integers(0, 1), st.integers(1, 50)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(kinds=KINDS, limits=st.tuples(*[st.integers(0, 9)] * 3))
def test_no_set_of_machines_is_dearer(
    kinds: list[tuple[int, int, int, int]], limits: tuple[int, int, int]
) -> None:
    """Of all sets that fit under three limits, none costs more than the one that is found."""
    prices, weights = [each[3] for each in kinds], [each[:3] for each in kinds]
    found = pack(prices, weights, limits)

    sets = product(*(range(limits[0] // each[0] + 1) for each in weights))
    dearest = max(
        sum(map(mul, counts, prices)) for counts in sets if _is_within(counts, weights, limits)
    )
    assert found.is_exact
    assert _is_within(found.counts, weights, limits)
    assert sum(map(mul, found.counts, prices)) == dearest
    assert found.bound >= dearest - 1e-6


def _is_within(
    counts: Sequence[int], weights: Sequence[Sequence[int]], limits: Sequence[int]
) -> bool:
    taken = ([own[k] for own in weights] for k in range(len(limits)))
    return all(sum(map(mul, counts, own)) <= most for own, most in zip(taken, limits, strict=True))


def test_what_is_not_gone_through_has_a_bound() -> None:
    """Forty kinds that differ by little under odd limits: no set that is tried is above it."""
    prices = [1000 + 37 * i + i % 7 for i in range(40)]
    weights = [(97 + 4 * i, 301 - 5 * i, 89 + i * i % 31) for i in range(40)]
    limits = (100_003, 99_991, 50_021)
    found = pack(prices, weights, limits)

    assert _is_within(found.counts, weights, limits)
    assert sum(map(mul, found.counts, prices)) <= found.bound
    assert not found.is_exact


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_bound_of_the_real_machines(data: st.DataObject) -> None:
    """No random set of machines under the limits is dearer; a larger limit is never cheaper."""
    names = data.draw(st.lists(st.sampled_from(REAL), min_size=1, max_size=12, unique=True))
    limits = data.draw(
        st.fixed_dictionaries(
            {"cpu": st.integers(1, 2000)},
            optional={
                "memory_gib": st.integers(1, 9000),
                "nodes": st.integers(1, 60),
                "gpu": st.integers(0, 32),
            },
        )
    )
    items = [
        Item(each, price.per_hour + Decimal("0.011"))
        for name in names
        if (each := catalog().find(name)) and (price := catalog().price("us-east-1", name))
    ]
    found = fill(items, limits)
    assert found is not None

    chosen: dict[str, int] = {}
    for each in data.draw(st.permutations(items)):
        most = fill([each], _rest(limits, items, chosen))
        assert most is not None
        count = int(most.hourly / each.hourly)
        chosen[each.machine.name] = data.draw(st.integers(0, count))
    total = sum((chosen[each.machine.name] * each.hourly for each in items), Decimal(0))
    assert total <= found.hourly
    more = fill(items, {**limits, "cpu": limits["cpu"] + 7})
    assert more is not None
    assert not (found.is_exact and more.is_exact) or more.hourly >= found.hourly


def _rest(limits: dict[str, int], items: Sequence[Item], chosen: dict[str, int]) -> dict[str, int]:
    """Return what is left of limits, by the figures that machines are sold with."""
    taken = {
        "cpu": lambda each: each.vcpu,
        "memory_gib": lambda each: -(-each.memory_mib // 1024),
        "nodes": lambda _: 1,
        "gpu": lambda each: each.gpu_count,
    }
    return {
        key: most
        - sum(taken[key](each.machine) * chosen.get(each.machine.name, 0) for each in items)
        for key, most in limits.items()
    }
