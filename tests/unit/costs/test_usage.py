"""Hours of servers, and a month of many users."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.usage import Demand, month_of
from tests.support.hub import COGNITO, DOMAIN, deployment
from tests.support.prices import SERVICES, price_table

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.prices import Prices
    from jupyterhub_eks.costs.usage import Month

TODAY = date(2026, 11, 21)
# On m7i.xlarge 3 servers of 4 GB, on m7i.2xlarge 7.
PROFILES = {
    "pools": {"cpu": {"instances": ["m7i.xlarge", "m7i.2xlarge"], "disk_gib": 100}},
    "profiles": [
        {
            "name": "CPU",
            "pool": "cpu",
            "default": True,
            "cpu": {"guarantee": 1, "limit": 1},
            "memory": {"guarantee": "4G", "limit": "4G"},
        }
    ],
}
# 100 GiB at 0.073 a month.
DISK_HOUR = Decimal("0.01")


def found_for(prices: Prices, demand: Demand | None = None, **settings: Any) -> Estimate:
    """Return the estimate of a deployment in us-east-1."""
    return estimate(
        deployment(PROFILES, region="us-east-1", **settings), prices, TODAY, demand=demand
    )


@cache
def _prices() -> Prices:
    return price_table(Path(tempfile.mkdtemp()))


@cache
def _base() -> tuple[Deployment, Estimate]:
    return deployment(PROFILES, region="us-east-1"), found_for(_prices())


def month(users: int, hours: float | str, gib: int = 5, **settings: Any) -> Month:
    """Return a month."""
    demand = Demand(users=users, hours=Decimal(str(hours)), home_gib=Decimal(gib))
    if settings:
        found = found_for(_prices(), demand, **settings).month
        assert found
        return found
    base, known = _base()
    return month_of(base, known.floor, known.profiles, _prices(), demand)


def test_an_hour() -> None:
    """Alone it is the whole of the cheapest node with its disk; full, a user's part of it."""
    profile = found_for(_prices()).profiles[0]

    assert profile.alone
    assert profile.shared
    assert (profile.alone.machine, profile.alone.hourly) == (
        "m7i.xlarge",
        Decimal("0.2") + DISK_HOUR,
    )
    assert {node.machine: node.users for node in profile.nodes} == {
        "m7i.xlarge": 3,
        "m7i.2xlarge": 7,
    }
    # (0.4 + 0.01) / 7 is less than (0.2 + 0.01) / 3.
    assert (profile.shared.machine, profile.shared.hourly) == ("m7i.2xlarge", Decimal("0.41"))


def test_a_month_by_the_formula() -> None:
    """M + N*T*A + N*SS*(SC+PC), with A in three scenarios, and both ends."""
    found = month(40, 60)
    floor, homes = Decimal("293.473"), Decimal(40 * 5) * (Decimal("0.3") + Decimal("0.05"))
    hours = Decimal(40 * 60)

    rates = found.by_profile[0]
    assert rates
    assert found.homes == homes == Decimal(70)
    assert found.idle == floor + homes
    assert rates.least == pytest.approx(floor + homes + hours * Decimal("0.41") / 7)
    assert rates.average == pytest.approx(floor + homes + 2 * hours * Decimal("0.41") / 7)
    assert rates.most == floor + homes + hours * Decimal("0.21")
    assert found.always == (floor + homes + Decimal(40 * 730) * Decimal("0.21"),)


def test_one_user_shares_with_nobody() -> None:
    """With one user the best packing is a node of one's own."""
    rates = month(1, 10).by_profile[0]

    assert rates
    assert rates.least == rates.average == rates.most


def test_nobody() -> None:
    """A month without users costs the floor."""
    found = month(0, 60)

    assert found.idle == Decimal("293.473")
    assert found.by_profile[0]
    assert found.by_profile[0].most == found.idle


def test_logins_beyond_the_free_ones() -> None:
    """Cognito bills users above 10,000; another login has no such bill."""
    settings = {"auth": COGNITO, "access": DOMAIN}

    assert month(10_000, 1, **settings).logins == 0
    assert month(10_100, 1, **settings).logins == Decimal(1)  # 100 x 0.01
    assert month(10_100, 1).logins == 0


def test_without_a_price_of_storage(tmp_path: Path) -> None:
    """Homes of an unknown price are unknown, not free."""
    services = {name: amount for name, amount in SERVICES.items() if name != "efs"}
    prices = price_table(tmp_path, services=services)
    demand = Demand(users=1, hours=Decimal(1), home_gib=Decimal(1))

    found = found_for(prices, demand).month
    assert found
    assert found.homes is None


def test_without_a_price_of_machines(tmp_path: Path) -> None:
    """A profile without a price has no figure at all."""
    prices = price_table(tmp_path, hourly={"m7i.large": "0.1"})
    demand = Demand(users=1, hours=Decimal(1), home_gib=Decimal(1))
    found = found_for(prices, demand)

    assert found.profiles[0].alone is None
    assert found.month
    assert (found.month.by_profile, found.month.always) == ((None,), (None,))


@given(
    users=st.integers(0, 5000),
    more_users=st.integers(0, 500),
    hours=st.integers(0, 700),
    more_hours=st.integers(0, 30),
)
def test_more_is_never_cheaper(users: int, more_users: int, hours: int, more_hours: int) -> None:
    """More users or hours never cost less, and packing is never dearer than being alone."""
    fewer = month(users, hours)
    more = month(users + more_users, hours + more_hours)
    small, large = fewer.by_profile[0], more.by_profile[0]

    assert small
    assert large
    assert small.least <= large.least
    assert small.average <= large.average
    assert small.most <= large.most
    assert small.least <= small.average <= small.most
    assert fewer.idle <= small.least
    always = fewer.always[0]
    assert always is not None
    assert small.most <= always


def test_each_size_of_a_profile_has_its_price() -> None:
    """A larger size shares a node with fewer, and says which it is."""
    sizes = {"Small": {"memory": "2G"}, "Large": {"memory": "12G"}}
    profile = {"name": "CPU", "pool": "cpu", "default": True, "cpu": 1, "options": sizes}
    profiles = {**PROFILES, "profiles": [profile]}
    found = estimate(deployment(profiles, region="us-east-1"), _prices(), TODAY)
    small, large = found.profiles

    assert (small.profile, large.profile) == ("CPU, Small", "CPU, Large")
    assert small.shared
    assert large.shared
    assert small.shared.hourly / small.shared.users < large.shared.hourly / large.shared.users
