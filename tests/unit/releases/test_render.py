"""Everything that goes into a cluster can be seen without one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.releases.model import LocalChart
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = sorted((data_root() / "examples").glob("*/jhub.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_rendered(path: Path) -> None:
    """Both stacks are there, each release after those it needs, its values plain data."""
    releases = all_releases(load(ConfigSources(files=(path,))).deployment)
    seen: set[str] = set()
    for each in releases:
        assert set(each.needs) <= seen
        seen.add(each.name)
        json.dumps(each.values)
        if isinstance(each.chart, LocalChart):
            assert (data_root() / each.chart.folder / "Chart.yaml").is_file()
    assert {"karpenter", "nodes", "hub-base", "jupyterhub"} <= seen


def test_the_default_deployment_is_rendered() -> None:
    """No file at all is enough."""
    assert [each.name for each in all_releases(load(ConfigSources()).deployment)][-2:] == [
        "hub-base",
        "jupyterhub",
    ]
