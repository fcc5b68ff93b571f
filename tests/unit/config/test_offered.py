"""What is said of an instance type that the catalog does not know."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import botocore
import pytest

from jupyterhub_eks.config.rules.offered import doubt, doubt_of_size
from jupyterhub_eks.instances.catalog import DATA, OTHER_NAMES, Catalog

MODEL = Path(botocore.__file__).parent / "data/ec2/2016-11-15/service-2.json.gz"


def test_every_type_of_the_installed_api_model_is_known() -> None:
    """After an update of botocore the new types belong into the list of names."""
    model = json.loads(gzip.decompress(MODEL.read_bytes()))
    known = {f"{family}.{size}" for family, sizes in Catalog(DATA).sizes.items() for size in sizes}

    missing = sorted(set(model["shapes"]["InstanceType"]["enum"]) - known)
    assert missing == [], f"add to {OTHER_NAMES}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("m7i-felx.large", "m7i-flex.large"),
        ("g6.9xlarge", "g6.8xlarge"),
        ("g6x", "g6"),
        ("trn3", "trn2"),
        ("m7i.metal", "m7i.metal-24xl"),
    ],
)
def test_the_nearest_name_is_suggested(name: str, meant: str) -> None:
    """A slip of the finger is mended by copying one word."""
    found = doubt(name)
    assert found is not None
    assert f"did you mean `{meant}`?" in found[1]


@pytest.mark.parametrize("name", ["m7i", "m7i.large", "c7g-flex", "p6-b200.48xlarge"])
def test_what_exists_is_not_doubted(name: str) -> None:
    """Families and types, with their hyphens."""
    assert doubt(name) is None


@pytest.mark.parametrize("name", ["t8i.nano", "r9g.xlarge", "i3.metal", "p6e-gb200.36xlarge"])
def test_types_of_any_source_are_not_doubted(name: str) -> None:
    """Whether the catalog has facts of them or only the name."""
    assert doubt(name) is None


def test_a_size_that_no_family_has_is_doubted() -> None:
    """Sizes come in the order of the machines."""
    assert doubt_of_size("3xlarge", ["g6", "g6e"]) is not None
    assert doubt_of_size("48xlarge", ["g6", "m7i"]) is None
    found = doubt("g6.9xlarge")
    assert found is not None
    assert "`g6` has xlarge, 2xlarge, 4xlarge" in found[0]
