"""The data that come with a release, against the tables that they are made of."""

from __future__ import annotations

import csv
import time

import pytest

from jupyterhub_eks.config.regions import _OFFERED_ZONES
from jupyterhub_eks.instances.catalog import DATA, OTHER_NAMES, Catalog
from jupyterhub_eks.instances.generate import tables
from jupyterhub_eks.instances.tables import path_of
from tests.support.instances import fact_tables

CATALOG = Catalog(DATA)
# Columns of the table that are computed from a name.
COMPUTED = ("family", "size", "generation", "category", "bare_metal", "flex")


def test_the_committed_files_are_what_the_tables_give() -> None:
    """Nobody edits them by hand, and none is left over or missing."""
    made = {path_of(DATA, table.kind, name): table.text() for name, table in tables(fact_tables())}
    committed = {path for kind in ("types", "offers", "prices") for path in (DATA / kind).iterdir()}

    assert set(made) == committed
    stale = [path.name for path, text in made.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "python -m jupyterhub_eks.instances.generate FOLDER"


def test_the_same_tables_give_the_same_files() -> None:
    """No order depends on a hash or on the machine."""
    folder = fact_tables()
    assert [table.text() for _, table in tables(folder)] == [
        table.text() for _, table in tables(folder)
    ]


@pytest.mark.parametrize("table", ["instance_types.csv", "instance_types_not_on_page.csv"])
def test_what_is_computed_from_a_name_is_what_the_table_says(table: str) -> None:
    """Family, size, generation, category, bare metal and flex need not be stored."""
    with (fact_tables() / table).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = CATALOG.find(row["instance_type"])
            computed = [str(getattr(found, each)).lower() for each in COMPUTED]
            assert computed == [row[each] for each in COMPUTED], row["instance_type"]


def test_every_offer_of_the_table_is_found() -> None:
    """The short form of sizes and zones loses nothing."""
    with (fact_tables() / "region_instance_types.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = CATALOG.offered(row["region"])
            assert found is not None
            zones = tuple(row["zone_ids"].split())
            assert found.zones(row["instance_type"]) == zones, row


def test_the_zones_that_a_cluster_may_use_are_those_that_offer_machines() -> None:
    """The count per region in the configuration's rules is that of the offers."""
    counted = {
        path.stem: len(offers.all_zones)
        for path in (DATA / "offers").iterdir()
        if (offers := CATALOG.offered(path.stem))
    }
    assert counted == _OFFERED_ZONES


def test_a_name_stands_in_one_place_only() -> None:
    """What the catalog has facts about needs no mention among the other names."""
    listed = {
        f"{family}.{size}"
        for line in (DATA / OTHER_NAMES).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for family, *sizes in [line.split()]
        for size in sizes
    }
    assert sorted(listed & set(CATALOG.names())) == []
    assert listed, "the list is read"


def test_the_data_stay_small_and_quick() -> None:
    """Below 300 KB; the whole catalog in 20 ms, offers and prices of a region in 10 ms each."""
    size = sum(path.stat().st_size for path in DATA.rglob("*.txt"))
    assert size < 270_000

    def seconds(call: str, *arguments: str) -> float:
        taken = []
        for _ in range(5):
            fresh = Catalog(DATA)
            begun = time.process_time()
            getattr(fresh, call)(*arguments)
            taken.append(time.process_time() - begun)
        return min(taken)

    # The bounds are twice those promised: slow machines run these tests as well.
    assert seconds("names") < 0.040
    assert seconds("offered", "us-east-1") < 0.020
    assert seconds("price", "us-east-1", "m7i.xlarge") < 0.020
