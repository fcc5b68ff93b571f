"""When Karpenter may take nodes away, hour by hour, as it reads budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jupyterhub_eks.releases.disruption import disruption, static_disruption
from jupyterhub_eks.releases.nodes import node_pool, node_pools
from tests.support.pools import pool

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def hits(schedule: str, moment: datetime) -> bool:
    """Whether cron strikes at the beginning of an hour; minute 0, any day of the month."""
    minute, hour, day, month, weekday = schedule.split()
    assert (minute, day, month) == ("0", "*", "*")
    return int(hour) == moment.hour and weekday in ("*", str(moment.isoweekday() % 7))


def allowed(found: dict[str, Any], reason: str, moment: datetime) -> int:
    """Do what Karpenter does: the least of the budgets in force; of 100 nodes."""
    values = []
    for budget in found["budgets"]:
        if reason not in budget["reasons"]:
            continue
        hours = int(budget.get("duration", "0h").removesuffix("h"))
        since = (moment - timedelta(hours=back) for back in range(hours))
        if "schedule" in budget and not any(hits(budget["schedule"], each) for each in since):
            continue
        values.append(int(budget["nodes"].removesuffix("%")))
    return min(values)


def hours_with(found: dict[str, Any], reason: str) -> set[tuple[str, int]]:
    """Return day and hour of a week in which nodes may go for a reason."""
    moments = [MONDAY + timedelta(hours=hour) for hour in range(7 * 24)]
    return {
        (DAYS[each.weekday()], each.hour) for each in moments if allowed(found, reason, each) > 0
    }


def window(**keys: Any) -> dict[str, Any]:
    return disruption(pool("m7i", lifetime={"maintenance": keys}))


def test_d20_without_a_window_no_node_is_emptied() -> None:
    """In no hour of a week does a running session lose its node to a newer image."""
    found = disruption(pool("m7i"))
    assert hours_with(found, "Drifted") == hours_with(found, "Underutilized") == set()
    assert len(hours_with(found, "Empty")) == 7 * 24


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ({}, {(day, hour) for day in DAYS for hour in (2, 3, 4, 5)}),
        ({"days": ["sun"], "start_hour": 0, "hours": 1}, {("sun", 0)}),
        (
            {"days": ["sat", "sun"], "start_hour": 22, "hours": 3},
            {("sat", 22), ("sat", 23), ("sun", 0), ("sun", 22), ("sun", 23), ("mon", 0)},
        ),
        ({"days": ["wed", "mon"], "hours": 1}, {("mon", 2), ("wed", 2)}),
        ({"hours": 23, "start_hour": 5}, {(d, h) for d in DAYS for h in range(24) if h != 4}),
    ],
    ids=["every night", "one hour", "over midnight and the week's end", "two days", "all but one"],
)
def test_drifted_nodes_go_within_the_window_only(
    keys: dict[str, Any], wanted: set[tuple[str, int]]
) -> None:
    """Budgets only forbid, so what is written is all the hours around the window."""
    assert hours_with(window(**keys), "Drifted") == wanted


def test_so_many_at_a_time() -> None:
    """Within the window, and empty ones go at any time as before."""
    found = window(nodes=3)
    assert allowed(found, "Drifted", MONDAY + timedelta(hours=2)) == 3
    assert len(hours_with(found, "Empty")) == 7 * 24
    assert hours_with(found, "Underutilized") == set()


def test_nodes_with_placeholders_are_merged() -> None:
    """Placeholders on many nodes would keep all of them; `empty` says that this is wanted."""
    merged = disruption(pool("m7i", warm={"servers": 2}))
    kept = disruption(pool("m7i", warm={"servers": 2}, lifetime={"consolidation": "empty"}))
    asked = disruption(pool("m7i", lifetime={"consolidation": "underutilized"}))
    assert merged["consolidationPolicy"] == "WhenEmptyOrUnderutilized"
    assert len(hours_with(merged, "Underutilized")) == len(hours_with(asked, "Underutilized"))
    assert hours_with(merged, "Drifted") == set()
    assert kept["consolidationPolicy"] == "WhenEmpty"
    assert hours_with(kept, "Underutilized") == set()


def test_times_are_those_of_the_pool() -> None:
    """Hours and minutes as they are written."""
    lifetime = {"consolidate_after_minutes": 30, "expire_after_hours": 336, "drain_hours": 2}
    spec = node_pool("p", pool("m7i", lifetime=lifetime), 0)["spec"]
    assert spec["disruption"]["consolidateAfter"] == "30m"
    assert spec["template"]["spec"]["expireAfter"] == "336h"
    assert spec["template"]["spec"]["terminationGracePeriod"] == "2h"


def test_nodes_that_always_run_are_replaced_when_nobody_is_on_them() -> None:
    """They are never removed for being empty; with no time limit, a session is waited for."""
    each = pool("m7i", warm={"nodes": 2})
    _, warm = node_pools("p", each, 0)
    assert len(hours_with(static_disruption(each), "Drifted")) == 7 * 24
    assert "terminationGracePeriod" not in warm["spec"]["template"]["spec"]


@pytest.mark.parametrize("lifetime", [{"maintenance": {}}, {"expire_after_hours": 100}])
def test_where_nodes_may_end_sessions_those_do_too(lifetime: dict[str, Any]) -> None:
    """A window and an age hold for all nodes of the pool alike."""
    each = pool("m7i", warm={"nodes": 2}, lifetime=lifetime)
    usual, warm = (made["spec"]["template"]["spec"] for made in node_pools("p", each, 0))
    assert warm["terminationGracePeriod"] == usual["terminationGracePeriod"] == "24h"
    assert warm["expireAfter"] == usual["expireAfter"]
    if "maintenance" in lifetime:
        nights = {(day, hour) for day in DAYS for hour in (2, 3, 4, 5)}
        assert hours_with(static_disruption(each), "Drifted") == nights
