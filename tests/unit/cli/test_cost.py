"""``jhub cost`` as people and as scripts see it."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.cost_documents import costs_document
from jupyterhub_eks.cli.console.cost_lines import draw_short, total_line
from jupyterhub_eks.cli.console.costs import draw_costs
from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.usage import Demand
from tests.support.hub import deployment
from tests.support.prices import SERVICES, price_table

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.costs.estimate import Estimate

TODAY = date(2026, 11, 21)
DEMAND = Demand(users=40, hours=Decimal(60), home_gib=Decimal(5))
POOL = {"instances": ["m7i.xlarge", "m7i.2xlarge"], "max": {"cpu": 64}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an empty current folder, no cache and no credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def found(folder: Path, *, name: str = "Data science", **more: Any) -> Estimate:
    """Return an estimate with round prices."""
    pool = {**POOL, **more.pop("pool", {})}
    profiles = {
        "pools": {"cpu": pool},
        "profiles": [{"name": name, "pool": "cpu", "default": True}],
    }
    prices = price_table(folder / "prices", **more)
    return estimate(deployment(profiles, region=prices.region), prices, TODAY, demand=DEMAND)


def draw(report: Estimate, width: int = 80) -> list[str]:
    """Return the drawn lines."""
    return [line.plain for line in draw_costs(report, width)]


def block(lines: list[str], begin: str) -> list[str]:
    """Return the lines from a heading to the next empty line."""
    start = next(index for index, line in enumerate(lines) if line.startswith(begin))
    end = next((i for i, line in enumerate(lines[start:], start) if not line), len(lines))
    return lines[start:end]


def test_totals_stand_under_what_they_sum(folder: Path) -> None:
    """The floor's lines add up to the line below them, and columns stand."""
    lines = block(draw(found(folder)), "Idle floor")
    rows = [line for line in lines[1:] if " x " in line]
    total = next(line for line in lines if "together" in line)

    assert sum(Decimal(row.split()[-1]) for row in rows) == Decimal("293.47")
    assert total.split()[-1] == "293.47"
    assert {len(row) for row in rows} == {len(total)}


def test_rows_that_are_rounded_add_up(folder: Path) -> None:
    """Of the floor and of the worst case, as on a bill; so do the parts of a month."""
    services = {name: str(Decimal(each) * Decimal("1.0137")) for name, each in SERVICES.items()}
    hourly = {"m7i.large": "0.10081", "m7i.xlarge": "0.20166", "m7i.2xlarge": "0.40333"}
    report = found(folder, services=services, hourly=hourly, pool={"warm": {"servers": 3}})
    lines = draw(report)

    *rows, total = [line for line in block(lines, "Idle floor")[1:] if _amount(line)]
    assert sum(Decimal(row.split()[-1]) for row in rows) == _amount(total)
    assert _amount(total) == round(report.floor.monthly, 2)
    *rows, total = [line for line in block(lines, "Worst")[1:] if _amount(line)]
    assert sum(Decimal(row.split()[-1]) for row in rows) == _amount(total)
    said = next(line for line in lines if line.startswith("  in each"))
    floor, homes, idle = (Decimal(each) for each in re.findall(r"\d+\.\d\d", said))
    assert floor + homes == idle


def _amount(line: str) -> Decimal | None:
    last = line.replace(",", "").split()[-1]
    return Decimal(last) if re.fullmatch(r"\d+\.\d\d", last) else None


def test_what_is_not_on_demand_is_said(folder: Path) -> None:
    """Each kind of capacity with its pools; where all is on demand, nothing."""
    both = found(folder / "a", pool={"capacity": ["spot", "reserved", "on-demand"]})
    none = found(folder / "b")

    text = "\n".join(draw(both))
    assert "spot machines (cpu) are counted at the price on demand" in text
    assert "reserved machines (cpu) are counted at the price on demand" in text
    assert "machines (cpu)" not in "\n".join(draw(none))
    (pool,) = costs_document(both)["worst_case"]["pools"]
    assert pool["priced_on_demand"] == ["spot", "reserved"]


def test_tables_fit_80_columns(folder: Path) -> None:
    """A long name is cut, a table never wraps."""
    lines = draw(found(folder, name="A profile with a name that goes on " * 2))
    tables = [
        line
        for begin in ("Servers", "Worst", "A month")
        for line in block(lines, begin)
        if not line.startswith("  in each")
    ]

    assert max(map(len, tables)) <= 80


def test_an_unlimited_pool_says_what_to_write(folder: Path) -> None:
    """There is no worst case, and how to get one."""
    lines = block(draw(found(folder, pool={"max": {}})), "Worst")

    assert lines[-2].split() == ["at", "most", "-"]
    assert lines[-1].strip() == "write pools.cpu.max, e.g. {cpu: 64}"


def test_an_unknown_price(folder: Path) -> None:
    """A hyphen, `at least`, and why."""
    services = {name: amount for name, amount in SERVICES.items() if name != "nat"}
    lines = draw(found(folder, services=services))

    assert any(line.split()[:3] == ["NAT", "gateway", "1"] and line.endswith("-") for line in lines)
    assert any("at least, together" in line for line in lines)
    assert "-: no price is known" in lines


def test_whose_prices(folder: Path) -> None:
    """Where us-east-1 stands in, each publication says so, and how to get the region's own."""
    lines = draw(found(folder, region="eu-west-1"))

    assert "prices of us-east-1 stand in for eu-west-1: a test 1, 2026-07-20" in lines
    assert "jhub cost --refresh-prices asks AWS for those of eu-west-1" in lines


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_the_short_form_is_short(folder: Path, region: str) -> None:
    """At most six lines, within 80 columns, with floor, hour and worst case."""
    lines = [line.plain for line in draw_short(found(folder, region=region))]

    assert len(lines) <= 6
    assert max(map(len, lines)) <= 80
    assert "$293.47 a month" in lines[1]
    assert "an hour, every pool at its limit" in lines[3]


def test_the_line_before_a_deploy_is_asked_for(folder: Path) -> None:
    """Month and worst case; a pool without a limit is named."""
    held = total_line(found(folder)).plain
    open_ended = total_line(found(folder / "b", pool={"max": {}})).plain

    assert held.startswith("cost on AWS: $293.47 a month idle; at most $")
    assert open_ended.endswith("idle; no limit: cpu (pools.NAME.max)")


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what the command prints with ``--json``."""
    assert run(["cost", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Floor, profiles, worst case, month and sources, with amounts as texts."""
    found = document(capsys, "--users", "40", "--hours", "60", "--region", "us-east-1")

    lines = {line["key"]: line["monthly"] for line in found["floor"]["lines"]}
    assert Decimal(found["floor"]["monthly"]) == sum(map(Decimal, lines.values()))
    assert lines["eks"] == "73.000000"
    assert found["month"]["users"] == 40
    assert found["month"]["profiles"][0]["profile"] == "Data science (CPU)"
    assert found["worst_case"]["pools"][0]["state"] == "limited"
    assert {each["region"] for each in found["sources"]} == {"us-east-1"}


def test_without_users_there_is_no_month(capsys: pytest.CaptureFixture[str]) -> None:
    """A month is drawn only for users that were named."""
    assert document(capsys)["month"] is None


def test_more_files_cost_more(capsys: pytest.CaptureFixture[str]) -> None:
    """--storage-gib reaches the floor."""
    few = document(capsys, "--storage-gib", "10")
    many = document(capsys, "--storage-gib", "1000")

    assert Decimal(many["floor"]["monthly"]) > Decimal(few["floor"]["monthly"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--users", "-1"], 2, "--users"),
        (["--users", "many"], 2, "--users"),
        (["--users", "5", "--hours", "731"], 2, "--hours"),
        (["--users", "5", "--hours", "nan"], 2, "--hours"),
        (["--hours", "5"], 2, "there are none"),
        (["--storage-gib", "-5"], 2, "--storage-gib"),
        (["--region", "xx-nowhere-1"], 3, "is not an AWS region"),
    ],
)
def test_bad_input(
    arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be meant is refused with what is wrong, before anything is counted."""
    assert run(["cost", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err


def test_no_price_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """In China no price of a service is known, and nothing is called free."""
    found = document(capsys, "--region", "cn-north-1")

    assert found["currency"] == "CNY"
    assert {line["monthly"] for line in found["floor"]["lines"]} == {None}
    assert found["worst_case"]["hourly"] is None


def test_refreshing_without_credentials(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error with the remedy, and no figure that looks refreshed."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere/config")

    assert run(["cost", "--refresh-prices"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "AWS_PROFILE" in err
