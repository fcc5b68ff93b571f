"""Whether the data travel with the program."""

from __future__ import annotations

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from jupyterhub_eks.instances.catalog import DATA
from tests.support.pools import ROOT


def test_a_wheel_has_every_file_of_the_data() -> None:
    """An installed jhub knows what a checkout knows."""
    included = {Path(each.path) for each in WheelBuilder(str(ROOT)).recurse_included_files()}
    data = {path for path in DATA.rglob("*") if path.is_file()}
    assert len(data) > 30
    assert sorted(data - included) == []
