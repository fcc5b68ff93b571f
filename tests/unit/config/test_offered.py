"""The list of EC2 instance types, and what is said of a name that is not in it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import botocore
import pytest

from jupyterhub_eks.config.rules.offered import FILE, doubt, offered

MODEL = Path(botocore.__file__).parent / "data/ec2/2016-11-15/service-2.json.gz"


def test_the_list_has_every_type_of_the_installed_api_model() -> None:
    """After an update of botocore the new types belong into the file."""
    model = json.loads(gzip.decompress(MODEL.read_bytes()))
    known = {f"{family}.{size}" for family, sizes in offered().items() for size in sizes}

    missing = sorted(set(model["shapes"]["InstanceType"]["enum"]) - known)
    assert missing == [], f"add to {FILE.name}"


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
