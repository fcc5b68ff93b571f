"""``budget.max_hourly_usd``: what is refused, with which figures, and what is proposed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.costs.checking import budget_findings
from tests.support.hub import deployment
from tests.support.prices import HOURLY, price_table
from tests.unit.costs.test_floor import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.rules import Finding

CPU = {"instances": ["m7i.xlarge"], "disk_gib": 100}
GPU = {"instances": ["g6.xlarge"], "disk_gib": 100}


def findings(
    folder: Path,
    limit: float | None,
    *,
    hourly: dict[str, str] | None = None,
    region: str = "us-east-1",
    **pools: dict[str, Any],
) -> list[Finding]:
    """Return what is wrong with pools under a limit; each has a profile."""
    profiles = {
        "pools": pools,
        "profiles": [
            {"name": name, "pool": name, "default": index == 0, "gpu": int(name == "gpu")}
            for index, name in enumerate(pools)
        ],
    }
    found = deployment(profiles, region=region, budget={"max_hourly_usd": limit})
    return list(budget_findings(found, price_table(folder, region=region, hourly=hourly), TODAY))


def test_no_budget_refuses_nothing(tmp_path: Path) -> None:
    """Without a limit an unlimited pool is the user's choice."""
    assert findings(tmp_path, None, cpu=CPU) == []


def test_within_the_budget(tmp_path: Path) -> None:
    """The floor of 0.402 and 5 machines of 0.21 are 1.452."""
    assert findings(tmp_path / "a", 1.46, cpu={**CPU, "max": {"cpu": 20}}) == []
    assert len(findings(tmp_path / "b", 1.45, cpu={**CPU, "max": {"cpu": 20}})) == 1


def test_what_is_said(tmp_path: Path) -> None:
    """Sum and parts, the limit that would do, and the budget that would."""
    pools = {"cpu": {**CPU, "max": {"cpu": 8}}, "gpu": {**GPU, "max": {"gpu": 10}}}
    (finding,) = findings(tmp_path, 5, **pools)

    assert finding.path == ("budget", "max_hourly_usd")
    assert finding.message == (
        "with every pool at its limit an hour costs up to $8.92 "
        "(idle floor $0.40, cpu $0.42, gpu $8.10), more than 5"
    )
    # 5 - 0.40 - 0.42 are 4.18, which is 5 machines of 0.81.
    assert finding.hint == (
        "write e.g. `pools.gpu.max: {gpu: 5}`; `max_hourly_usd: 9` would be enough"
    )


def test_what_is_proposed_is_accepted(tmp_path: Path) -> None:
    """Whoever writes the limit that the hint names is not refused again."""
    pools = {"cpu": {**CPU, "max": {"cpu": 200}}, "gpu": {**GPU, "max": {"gpu": 3}}}
    (finding,) = findings(tmp_path / "a", 9, **pools)
    proposal = re.search(r"`pools\.(\w+)\.max: \{(\w+): (\d+)\}`", finding.hint)

    assert proposal
    name, key, limit = proposal.groups()
    pools[name] = {**pools[name], "max": {key: int(limit)}}
    assert findings(tmp_path / "b", 9, **pools) == []
    pools[name] = {**pools[name], "max": {key: int(limit) + 4}}
    assert findings(tmp_path / "c", 9, **pools) != []


def test_no_single_limit_is_enough(tmp_path: Path) -> None:
    """Then no number is invented."""
    pools = {"cpu": {**CPU, "max": {"cpu": 100}}, "gpu": {**GPU, "max": {"gpu": 10}}}
    (finding,) = findings(tmp_path, 1, **pools)

    assert finding.hint.startswith("lower `max` of several pools")


def test_the_floor_alone_is_too_much(tmp_path: Path) -> None:
    """No limit of a pool helps then, and that is said."""
    (finding,) = findings(tmp_path, 0.3, cpu={**CPU, "max": {"cpu": 4}})

    assert finding.hint.startswith("the idle floor alone is more")


def test_a_pool_without_a_limit(tmp_path: Path) -> None:
    """Under a budget it is an error at the pool, with a limit that would be accepted."""
    pools: dict[str, dict[str, Any]] = {"cpu": CPU, "gpu": GPU}
    cpu, gpu = findings(tmp_path / "a", 9, **pools)

    assert (cpu.path, gpu.path) == (("pools", "cpu"), ("pools", "gpu"))
    assert "one machine costs up to $0.81 an hour" in gpu.message
    for name, finding in (("cpu", cpu), ("gpu", gpu)):
        proposal = re.fullmatch(r"add e\.g\. `max: \{(\w+): (\d+)\}`", finding.hint)
        assert proposal
        pools[name] = {**pools[name], "max": {proposal[1]: int(proposal[2])}}
    assert findings(tmp_path / "b", 9, **pools) == []


def test_a_missing_price(tmp_path: Path) -> None:
    """What cannot be counted cannot be under a limit."""
    hourly = {name: amount for name, amount in HOURLY.items() if name != "g6.xlarge"}
    (finding,) = findings(tmp_path / "a", 9, hourly=hourly, gpu={**GPU, "max": {"gpu": 1}})
    assert finding.path == ("pools", "gpu", "instances")
    assert "no price is known of g6.xlarge" in finding.message

    hourly = {name: amount for name, amount in HOURLY.items() if name != "m7i.large"}
    (finding,) = findings(tmp_path / "b", 9, hourly=hourly, cpu={**CPU, "max": {"cpu": 4}})
    assert finding.path == ("budget", "max_hourly_usd")
    assert "system nodes m7i.large" in finding.message


@pytest.mark.parametrize("limit", [0.41, 1, 7.77, 50, 1234])
def test_a_share_is_never_more_than_there_is(tmp_path: Path, limit: float) -> None:
    """Whatever the budget, the proposal is at least one machine and fits if one does."""
    (finding,) = findings(tmp_path / "a", limit, gpu=GPU)
    proposal = re.search(r"\{gpu: (\d+)\}", finding.hint)

    assert proposal
    assert int(proposal[1]) >= 1
    again = findings(tmp_path / "b", limit, gpu={**GPU, "max": {"gpu": int(proposal[1])}})
    assert (again == []) == (limit >= 0.40202 + 0.81)
