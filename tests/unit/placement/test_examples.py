"""Every profile of every example starts, in the region of the example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.placement.proof import Verdict

EXAMPLES = sorted((data_root() / "examples").glob("*/jhub.yaml"))


def verdicts(example: Path) -> tuple[Verdict, ...]:
    return prove(load(ConfigSources(files=(example,))).deployment, catalog())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_profile_starts(example: Path) -> None:
    """On machines that the region is known to offer."""
    for verdict in verdicts(example):
        assert verdict.starts, verdict.profile
        assert all(fit.zones for fit in verdict.machines), verdict.profile


def test_the_profiles_of_the_documentation_start(tmp_path: Path) -> None:
    """The example of the page about profiles is a file as it stands, with sizes in two pools."""
    page = (data_root() / "docs" / "profiles.md").read_text(encoding="utf-8")
    file = tmp_path / "profiles.yaml"
    file.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    loaded = load(ConfigSources(profiles=file))
    found = prove(loaded.deployment, catalog())
    assert all(verdict.starts for verdict in found)
    assert {verdict.pool for verdict in found if verdict.profile == "Analysis"} == {
        "cpu",
        "gpu-shared",
    }
    # Only that the login of a configuration without one knows no groups.
    assert [each.path for each in loaded.warnings] == ["profiles[0].groups[0]"]


def test_the_classic_seven_are_what_they_say() -> None:
    """One server has a whole device, four share a GPU, seven a partitioned one."""
    (example,) = (path for path in EXAMPLES if path.parent.name == "classic-seven")
    users = {verdict.pool: {fit.users for fit in verdict.machines} for verdict in verdicts(example)}
    assert len(verdicts(example)) == 7
    assert {pool: found for pool, found in users.items() if pool != "cpu"} == {
        "gpu": {1},
        "gpu-shared": {4},
        "gpu-mig": {7},
        "trainium": {1},
        "inferentia": {1},
    }
