"""The most that an hour can cost."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.filling import Item, fill
from tests.support.hub import deployment
from tests.support.instances import machine
from tests.support.prices import HOURLY, price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.costs.worst import WorstCase

FLOOR = Decimal("293.473") / 730


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


@given(
    kinds=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 50)), min_size=1, max_size=4),
    room=st.integers(0, 14),
)
def test_no_set_of_machines_is_dearer(kinds: list[tuple[int, int]], room: int) -> None:
    """Of all sets that fit, none costs more than the one that is found."""
    items = [Item(machine(f"m7i.{i}xlarge"), Decimal(price)) for i, (_, price) in enumerate(kinds)]
    weights = [weight for weight, _ in kinds]

    dearest = max(
        sum(count * item.hourly for count, item in zip(counts, items, strict=True))
        for counts in product(*(range(room // weight + 1) for weight in weights))
        if sum(count * weight for count, weight in zip(counts, weights, strict=True)) <= room
    )
    assert fill(items, weights, room)[0] == dearest
