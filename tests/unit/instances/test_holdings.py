"""Which files of facts are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.instances.catalog import Catalog
from jupyterhub_eks.instances.holdings import holdings
from tests.support.instances import offers, prices, put, small_catalog

if TYPE_CHECKING:
    from pathlib import Path


def test_the_newer_file_counts_as_in_the_catalog(tmp_path: Path) -> None:
    """Of offers one counts, of prices the older one helps out; both as the catalog has it."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    put(cache, offers("eu-west-1", {"g6.xlarge": ("euw1-az3",)}, "2026-11-01"), "eu-west-1")
    put(cache, prices("us-east-1", {"m7i.xlarge": "9"}, "2026-07-19"), "us-east-1")
    found = {(each.kind, each.is_refreshed): each for each in holdings(packaged, cache)}
    catalog = Catalog(packaged, cache)

    assert found["offers", True].is_used
    assert not found["offers", False].is_used
    offered = catalog.offered("eu-west-1")
    assert offered is not None
    assert offered.zones("g6.xlarge") == ("euw1-az3",)
    order = [each.is_refreshed for each in holdings(packaged, cache) if each.kind == "prices"]
    assert order == [False, True]
    price = catalog.price("us-east-1", "m7i.xlarge")
    assert price is not None
    assert str(price.per_hour) == "0.2016"


def test_a_file_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    """A damaged one, and one about another region; neither counts."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    put(cache, offers("eu-west-2", {"g6.xlarge": ("euw2-az3",)}), "eu-west-1")
    damaged = cache / "prices/us-east-1.txt"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("nothing", encoding="utf-8")
    found = {each.path: each for each in holdings(packaged, cache) if each.is_refreshed}

    assert found[damaged].problem.startswith("does not begin with")
    assert found[cache / "offers/eu-west-1.txt"].problem == "is about `eu-west-2`, not eu-west-1"
    assert not any(each.is_used for each in found.values())


def test_no_cache(tmp_path: Path) -> None:
    """Without one there is what came with the release."""
    found = holdings(small_catalog(tmp_path / "packaged"), tmp_path / "none")

    assert [(each.kind, each.region, each.types) for each in found] == [
        ("types", "", 3),
        ("offers", "eu-west-1", 1),
        ("prices", "us-east-1", 2),
    ]
    assert all(each.is_used for each in found)
