"""Whose price counts, and what happens to a price list that cannot be read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from jupyterhub_eks.costs.prices import DATA, Prices
from jupyterhub_eks.costs.services import SERVICES
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.catalog import Catalog
from tests.support.pools import ROOT
from tests.support.prices import price_table, write_services


def prices(packaged: Path, refreshed: Path | None = None, region: str = "eu-west-1") -> Prices:
    """Return prices of two folders."""
    return Prices(region, Catalog(packaged), packaged, refreshed)


def test_us_east_1_stands_in(tmp_path: Path) -> None:
    """For a region without a list of its own the price is another's, and says so."""
    price_table(tmp_path)
    found = prices(tmp_path).service("eks")

    assert found
    assert (found.amount, found.region, found.stands_in) == (Decimal("0.1"), "us-east-1", True)


def test_nothing_stands_in_for_another_currency(tmp_path: Path) -> None:
    """China is billed in yuan."""
    price_table(tmp_path)
    assert prices(tmp_path, region="cn-north-1").service("eks") is None


def test_the_regions_own_price_counts(tmp_path: Path) -> None:
    """A region's own list comes first; what it lacks is taken from the other."""
    price_table(tmp_path)
    write_services(tmp_path / "cache", "eu-west-1", {"eks": "0.11"}, "2026-11-01")
    found = prices(tmp_path, tmp_path / "cache")

    own, other = found.service("eks"), found.service("nat")
    assert own
    assert other
    assert (own.amount, own.stands_in) == (Decimal("0.11"), False)
    assert (other.amount, other.stands_in) == (Decimal("0.05"), True)


@pytest.mark.parametrize(("day", "amount"), [("2026-11-01", "0.2"), ("2020-01-01", "0.1")])
def test_the_newer_of_two_counts(tmp_path: Path, day: str, amount: str) -> None:
    """A release may be newer than what was once asked of AWS."""
    price_table(tmp_path)
    write_services(tmp_path / "cache", "us-east-1", {"eks": "0.2"}, day)
    found = prices(tmp_path, tmp_path / "cache", "us-east-1").service("eks")

    assert found
    assert found.amount == Decimal(amount)


def test_a_damaged_file_of_the_cache(tmp_path: Path) -> None:
    """It is left aside with a note that says what to do."""
    price_table(tmp_path)
    path = write_services(tmp_path / "cache", "us-east-1", {"eks": "0.2"}, "2026-11-01")
    path.write_text(path.read_text().replace("eks 0.2", "eks free"))
    found = prices(tmp_path, tmp_path / "cache", "us-east-1")

    price = found.service("eks")
    assert price
    assert price.amount == Decimal("0.1")
    assert "jhub cost --refresh-prices" in found.notes[0]


def test_a_damaged_file_of_this_release(tmp_path: Path) -> None:
    """Without it no figure is right, so it is an error."""
    price_table(tmp_path)
    (tmp_path / "services/us-east-1.txt").write_text("nonsense")

    with pytest.raises(ToolError, match="came with jhub"):
        prices(tmp_path).service("eks")


def test_every_service_has_a_static_price() -> None:
    """The list of this release has each service, and nothing that no figure uses."""
    found = Prices("us-east-1", Catalog(DATA), DATA)
    lines = (DATA / "services/us-east-1.txt").read_text().split("\n\n")[1].split("\n")

    assert {line.split()[0] for line in lines if line} == set(SERVICES)
    assert all(found.service(name) for name in SERVICES)


def test_an_installed_jhub_has_the_prices() -> None:
    """The data travel with the program."""
    included = {Path(each.path) for each in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert DATA / "services/us-east-1.txt" in included
