"""A month says where limits let fewer users work at once than it counts with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.console.cost_documents import costs_document
from jupyterhub_eks.cli.console.costs import draw_costs
from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.usage import Demand
from tests.support.hub import deployment
from tests.support.prices import price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.costs.estimate import Estimate

SHARED = {"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 4}}
SMALL = {"memory": "2G", "cpu": 0.5}


def found(
    folder: Path, users: int, pool: dict[str, Any], *, hours: int = 20, **profile: Any
) -> Estimate:
    """Return what a month of users on one profile costs."""
    profiles = {
        "pools": {"p": pool},
        "profiles": [{"name": "P", "pool": "p", "default": True, **SMALL, **profile}],
    }
    demand = Demand(users=users, hours=Decimal(hours), home_gib=Decimal(5))
    prices = price_table(folder)
    return estimate(deployment(profiles, region="us-east-1"), prices, TODAY, demand=demand)


def remarks(report: Estimate) -> list[str]:
    """Return the lines about limits."""
    lines = [line.plain.strip() for line in draw_costs(report, 80)]
    return [each for each in lines if " at once" in each]


@pytest.mark.parametrize(
    ("pool", "profile", "remark"),
    [
        (
            {**SHARED, "max": {"gpu": 2}},
            {"gpu": 1},
            "P: the pool lets 8 at once, or 2 on nodes of their own, not 40",
        ),
        (
            {**SHARED, "max": {"gpu": 10}},
            {"gpu": 1},
            "P: the pool lets 10 at once on nodes of their own, not 40",
        ),
        (
            {**SHARED, "max": {"gpu": 2}, "warm": {"nodes": 1}},
            {"gpu": 1},
            "P: the pool lets 12 at once, or 3 on nodes of their own, not 40",
        ),
        (
            {**SHARED, "max": {"gpu": 2}},
            {"gpu": 1, "max_servers": 5},
            "P: `max_servers` lets 5 at once, or 2 on nodes of their own, not 40",
        ),
        ({**SHARED}, {"gpu": 1, "max_servers": 5}, "P: `max_servers` lets 5 at once, not 40"),
        (
            {"instances": ["m7i.xlarge"], "max": {"cpu": 8, "nodes": 1}, "dedicated": True},
            {},
            "P: the pool lets 1 at once, not 40",
        ),
    ],
)
def test_how_many_the_limits_let_work(
    tmp_path: Path, pool: dict[str, Any], profile: dict[str, Any], remark: str
) -> None:
    """On full nodes and on nodes of their own, as the columns have it; warm nodes on top."""
    assert remarks(found(tmp_path, 40, pool, **profile)) == [remark]


@pytest.mark.parametrize(
    ("users", "pool", "profile"),
    [
        (40, SHARED, {"gpu": 1}),
        (2, {**SHARED, "max": {"gpu": 2}}, {"gpu": 1, "max_servers": 2}),
        (0, {**SHARED, "max": {"gpu": 2}}, {"gpu": 1}),
        (40, {"instances": ["m7i.xlarge"], "max": {"gpu": 1}}, {}),
    ],
    ids=["no limit", "just so many", "nobody", "a limit that holds nothing"],
)
def test_nothing_is_said_where_all_fit(
    tmp_path: Path, users: int, pool: dict[str, Any], profile: dict[str, Any]
) -> None:
    """A remark that is always there is none."""
    report = found(tmp_path, users, pool, **profile)
    assert remarks(report) == []
    (shown,) = costs_document(report)["month"]["profiles"]
    assert shown["at_once"]["lets_all"] is True


def test_sums_stay_as_they_are_and_json_has_the_numbers(tmp_path: Path) -> None:
    """Nothing is capped in silence."""
    free = found(tmp_path / "a", 40, SHARED, gpu=1)
    held = found(tmp_path / "b", 40, {**SHARED, "max": {"gpu": 2}}, gpu=1)
    assert held.month
    assert free.month
    assert held.month.by_profile == free.month.by_profile
    assert held.month.always == free.month.always
    documents = [costs_document(each)["month"]["profiles"][0] for each in (held, free)]
    assert [each["at_once"] for each in documents] == [
        {"servers": 8, "alone": 2, "held_by": "pools.p.max", "lets_all": False},
        {"servers": None, "alone": None, "held_by": None, "lets_all": True},
    ]
