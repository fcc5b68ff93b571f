"""What the catalog answers, and which of two files about the same counts."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.instances.catalog import DATA, Catalog
from jupyterhub_eks.instances.tables import path_of
from jupyterhub_eks.instances.type_rows import types_table
from tests.support.instances import machine, offers, prices, put, small_catalog, source

if TYPE_CHECKING:
    from pathlib import Path

PACKAGED = Catalog(DATA)


def test_a_type_has_its_facts_and_their_source() -> None:
    """A GPU machine with all that a profile may ask for."""
    found = PACKAGED.find("p5.48xlarge")
    assert found is not None
    assert (found.family, found.size, found.category, found.generation) == (
        "p5",
        "48xlarge",
        "p",
        5,
    )
    assert (found.gpu_name, found.gpu_count, found.gpu_memory_mib) == ("h100", 8, 81920)
    assert (found.efa, found.nvme_gb, found.vcpu) == (32, 30400, 192)
    assert str(found.source) == "Karpenter, reference page on instance types 1.14.1, 2026-08-21"
    assert PACKAGED.find("m7i.nano") is None


def test_accelerators_that_are_no_gpus() -> None:
    """Neuron devices and their physical cores."""
    found = PACKAGED.find("trn1.32xlarge")
    assert found is not None
    assert (found.accelerator_name, found.neuron_devices, found.neuron_cores) == (
        "trainium",
        16,
        32,
    )
    assert found.gpu_name == ""


def test_types_that_the_page_lacks_name_their_own_source() -> None:
    """So that nobody takes computed figures for published ones."""
    found = PACKAGED.find("trn2.3xlarge")
    assert found is not None
    assert found.source.name.startswith("answers of AWS EC2 (pods per node computed)")


def test_a_fraction_of_a_gpu_counts_as_none() -> None:
    """Karpenter gives no g6f to a pod that asks for a GPU."""
    fraction, whole = PACKAGED.find("g6f.xlarge"), PACKAGED.find("g6.xlarge")
    assert fraction is not None
    assert whole is not None
    assert (fraction.gpu_count, fraction.gpu_memory_mib, fraction.is_fraction_of_gpu) == (
        0,
        2861,
        True,
    )
    assert not whole.is_fraction_of_gpu


def test_a_family_goes_from_small_to_large() -> None:
    """The first that fits is the smallest."""
    names = [each.name for each in PACKAGED.of_family("inf2")]
    assert names == ["inf2.xlarge", "inf2.8xlarge", "inf2.24xlarge", "inf2.48xlarge"]
    assert PACKAGED.of_family("inf9") == ()


def test_offers_tell_a_region_without_data_from_a_type_that_is_not_offered() -> None:
    """Unknown is not absent."""
    found = PACKAGED.offered("us-east-2")
    assert found is not None
    assert found.zones("trn2.48xlarge") == ("use2-az1", "use2-az2", "use2-az3")
    assert found.zones("g4ad.xlarge") == ()
    assert found.source.date == date(2026, 10, 27)
    assert PACKAGED.offered("mx-central-1") is None
    assert PACKAGED.offered("../prices/us-east-1") is None


def test_a_price_says_whose_it_is() -> None:
    """Of the region, or of us-east-1 in its place."""
    own = PACKAGED.price("us-east-1", "g6.xlarge")
    other = PACKAGED.price("eu-west-1", "g6.xlarge")
    assert own is not None
    assert other is not None
    assert (own.per_hour, own.currency, own.stands_in) == (Decimal("0.8048"), "USD", False)
    assert (other.per_hour, other.region, other.stands_in) == (own.per_hour, "us-east-1", True)
    assert other.source.date == date(2026, 7, 20)
    assert PACKAGED.price("us-east-1", "trn2.48xlarge") is None


def test_nothing_stands_in_for_a_price_in_yuan() -> None:
    """Dollars of another partition would be taken for yuan."""
    own = PACKAGED.price("cn-north-1", "m5.large")
    assert own is not None
    assert own.currency == "CNY"
    assert PACKAGED.price("cn-north-1", "g6.xlarge") is None
    assert PACKAGED.price("cn-northwest-1", "m5.large") is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [("g6x.xlarge", "g6.xlarge"), ("G6.xlarge", "g6.xlarge"), ("g6.3xlarge", "g6.2xlarge")],
)
def test_the_nearest_name(name: str, meant: str) -> None:
    """A family that is known keeps; its size is the next one."""
    assert PACKAGED.did_you_mean(name) == meant


def test_names_without_facts_are_known_as_names_only(tmp_path: Path) -> None:
    """They are not warned of, and nothing is said about them."""
    catalog = Catalog(small_catalog(tmp_path / "packaged"))
    assert catalog.names() == ("g6.xlarge", "m7i.xlarge", "m7i.2xlarge")
    assert catalog.sizes["i3"] == ("metal",)
    assert catalog.find("i3.metal") is None


def test_what_aws_answered_later_counts(tmp_path: Path) -> None:
    """Newer facts replace and add; where they say nothing the release's stay."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    newer = [machine("m7i.xlarge", pods=60), machine("m9z.large")]
    put(cache, types_table(newer, source("2026-11-01", "EC2")), "eu-west-1")
    put(cache, offers("eu-west-1", {"g6.xlarge": ("euw1-az3",)}, "2026-11-01"), "eu-west-1")
    put(cache, prices("eu-west-1", {"m7i.xlarge": "0.2247"}, "2026-11-01"), "eu-west-1")
    catalog = Catalog(packaged, cache)

    found, offered = catalog.find("m7i.xlarge"), catalog.offered("eu-west-1")
    assert found is not None
    assert (found.pods, found.source.name, found.source.is_refreshed) == (60, "EC2", True)
    assert catalog.find("m9z.large") is not None
    assert "m9z" in catalog.sizes
    assert catalog.find("m7i.2xlarge") is not None
    assert offered is not None
    assert dict(offered.by_type) == {"g6.xlarge": ("euw1-az3",)}
    own, other = catalog.price("eu-west-1", "m7i.xlarge"), catalog.price("eu-west-1", "g6.xlarge")
    assert own is not None
    assert other is not None
    assert (own.per_hour, own.stands_in, own.source.date) == (
        Decimal("0.2247"),
        False,
        date(2026, 11, 1),
    )
    assert other.stands_in
    assert catalog.notes == ()


def test_an_old_answer_does_not_hide_a_newer_release(tmp_path: Path) -> None:
    """After an update of jhub the cache may be the older of the two."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    put(cache, types_table([machine(pods=1)], source("2025-01-01")), "eu-west-1")
    put(cache, prices("us-east-1", {"m7i.xlarge": "9", "x1.large": "3"}, "2025-01-01"), "us-east-1")
    catalog = Catalog(packaged, cache)

    found, own = catalog.find("m7i.xlarge"), catalog.price("us-east-1", "m7i.xlarge")
    assert found is not None
    assert own is not None
    assert (found.pods, own.per_hour) == (58, Decimal("0.2016"))
    only_old = catalog.price("us-east-1", "x1.large")
    assert only_old is not None
    assert only_old.per_hour == 3


def _edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format 1", "format 2", "another format"),
        ("m7i.xlarge 9", "m7i.xlarge 9x", "no type with a price"),
        ("m7i.xlarge 9", "m7i.xlarge NaN", "no type with a price"),
        ("m7i.xlarge 9\n", "m7i.xlarge 9", "rows"),
        ("m7i.xlarge 9\n", "", "rows"),
        ("# date: 2026-11-01\n", "", "date"),
        ("2026-11-01", "2026-13-01", "no day"),
        ("region: us-east-1", "region: us-east-2", "us-east-2"),
        ("USD", "EUR", "EUR"),
        ("kind: prices", "kind: offers", "no prices"),
        ("# kind", "kind", "head"),
    ],
)
def test_a_damaged_file_of_the_cache_is_left_aside(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """The release's facts serve, and a note says why."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    path = put(cache, prices("us-east-1", {"m7i.xlarge": "9"}, "2026-11-01"), "us-east-1")
    _edited(path, old, new)
    catalog = Catalog(packaged, cache)

    found = catalog.price("us-east-1", "m7i.xlarge")
    assert found is not None
    assert found.per_hour == Decimal("0.2016")
    (note,) = catalog.notes
    assert said in note
    assert str(path) in note


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("types", "amd64", "vax"),
        ("types", " 4 ", " four "),
        ("types", "m9z.large", "m9z large"),
        ("types", "58", "58 gpu=nvidia"),
        ("types", "58", "58 - - tpu=1"),
        ("offers", "euw1-az1", "a zone"),
        ("offers", "[euw1-az1]\n", "g6 x\n"),
    ],
)
def test_damaged_types_and_offers_are_left_aside(
    tmp_path: Path, kind: str, old: str, new: str
) -> None:
    """Nothing of a file counts that is wrong in one line."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    put(cache, types_table([machine("m9z.large")], source("2026-11-01")), "eu-west-1")
    put(cache, offers("eu-west-1", {"g6.xlarge": ("euw1-az1",)}, "2026-11-01"), "eu-west-1")
    catalog = Catalog(packaged, cache)
    _edited(cache / kind / "eu-west-1.txt", old, new)

    offered = catalog.offered("eu-west-1")
    assert offered is not None
    assert (catalog.find("m9z.large") is None) == (kind == "types")
    assert bool(offered.zones("m7i.xlarge")) == (kind == "offers")
    assert len(catalog.notes) == 1


def test_bytes_that_are_no_text_are_left_aside(tmp_path: Path) -> None:
    """A file of another program, or half of one."""
    packaged, cache = small_catalog(tmp_path / "packaged"), tmp_path / "cache"
    path = path_of(cache, "types", "eu-west-1")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\x00\xfe")
    catalog = Catalog(packaged, cache)

    assert len(catalog.names()) == 3
    assert "is not text" in catalog.notes[0]


def test_a_cache_that_may_not_be_looked_into_is_left_aside(tmp_path: Path) -> None:
    """The release's facts serve; a name that is too long is refused to everybody, even root."""
    cache = tmp_path / ("x" * 300)
    catalog = Catalog(small_catalog(tmp_path / "packaged"), cache)

    assert len(catalog.names()) == 3
    assert catalog.notes == (f"{cache / 'types'} is not used: File name too long",)
    price = catalog.price("us-east-1", "m7i.xlarge")
    assert price is not None
    assert price.per_hour == Decimal("0.2016")
    assert str(path_of(cache, "prices", "us-east-1")) in catalog.notes[1]


def test_a_release_that_may_not_be_looked_into_is_an_error(tmp_path: Path) -> None:
    """As a damaged one is."""
    with pytest.raises(ToolError, match="which came with jhub"):
        Catalog(tmp_path / ("x" * 300)).names()


def test_a_damaged_file_of_the_release_is_an_error(tmp_path: Path) -> None:
    """There is nothing to fall back on, so it says what to do."""
    packaged = small_catalog(tmp_path / "packaged")
    _edited(packaged / "types/karpenter.txt", "rows: 3", "rows: 4")
    with pytest.raises(ToolError, match=r"karpenter\.txt") as raised:
        Catalog(packaged).names()
    assert raised.value.hint == "install jhub again"


def test_nothing_is_read_on_import() -> None:
    """``jhub --help`` imports the rules; it must not pay for the data."""
    code = (
        "import sys\n"
        "opened = []\n"
        "def heard(event, args):\n"
        "    if event == 'open': opened.append(str(args[0]))\n"
        "sys.addaudithook(heard)\n"
        "import jupyterhub_eks.config.rules.offered, jupyterhub_eks.instances.refresh\n"
        "print([path for path in opened if '/instances/data/' in path])\n"
        "print([name for name in sys.modules if name.startswith('boto')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n[]\n"
