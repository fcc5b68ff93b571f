"""One faulty profile or pool does not hide what is wrong with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import Check, ConfigSources, load
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment

NEEDS = frozenset({"pools", "profiles", "region"})
POOLS = """
pools:
  cpu: {instances: [m7i]}
  shared: {instances: [g6.xlarge], gpu: {sharing: time-slicing, slices: 4}}
"""
GOOD = "- {name: A, pool: cpu, default: true}\n"


def judge(deployment: Deployment) -> Iterator[Finding]:
    """Say something about each profile whose pool there is."""
    for index, profile in enumerate(deployment.profiles.profiles):
        if profile.pool in deployment.profiles.pools:
            yield Finding(path=("profiles", index), message=f"judged {profile.name}")


def judged(folder: Path, profiles: str, settings: str = "", *, by_profile: bool = True) -> set[str]:
    """Return what a check said about a configuration with an error."""
    (folder / "jhub.yaml").write_text(settings or "name: lab\n")
    (folder / "profiles.yaml").write_text(profiles)
    check = Check(find=judge, needs=NEEDS, is_by_profile=by_profile)
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(folder / "jhub.yaml",)), [check])
    assert any(not each.message.startswith("judged") for each in caught.value.problems)
    return {each.message for each in caught.value.problems if each.message.startswith("judged")}


@pytest.mark.parametrize(
    "profile",
    ["pool: shared, gpu: 4", "pool: cpu, cpu: many", "pool: nowhere", "pool: cpu, memry: 4G"],
    ids=["a broken rule", "a wrong value", "no such pool", "an unknown key"],
)
def test_a_faulty_profile_is_left_out(tmp_path: Path, profile: str) -> None:
    """The other is judged, also one after it; itself it is not."""
    text = f"{POOLS}profiles:\n{GOOD}- {{name: B, {profile}}}\n- {{name: C, pool: cpu}}\n"

    assert judged(tmp_path, text) == {"judged A", "judged C"}


def test_so_are_the_profiles_of_a_faulty_pool(tmp_path: Path) -> None:
    """Nothing is known of its machines."""
    pools = POOLS.replace(", slices: 4", "")
    text = f"{pools}profiles:\n{GOOD}- {{name: B, pool: shared, gpu: 1}}\n"

    assert judged(tmp_path, text) == {"judged A"}


@pytest.mark.parametrize(
    ("profiles", "settings"),
    [
        (f"{POOLS}profiles: 3\n", ""),
        (f"{POOLS}profiles:\n{GOOD}- {{name: B}}\n", ""),
        (f"pools: 3\nprofiles:\n{GOOD}", ""),
        (f"{POOLS}profiles:\n{GOOD}- {{name: B, pool: shared, gpu: 4}}\n", "region: nowhere\n"),
    ],
    ids=["no profiles", "a profile that cannot be read", "no pools", "another key"],
)
def test_without_ground_nothing_is_judged(tmp_path: Path, profiles: str, settings: str) -> None:
    """It would be about defaults that stand in for what is wrong."""
    assert judged(tmp_path, profiles, settings) == set()


def test_a_check_of_everything_together_waits(tmp_path: Path) -> None:
    """A sum over all profiles means nothing without one of them."""
    text = f"{POOLS}profiles:\n{GOOD}- {{name: B, pool: shared, gpu: 4}}\n"

    assert judged(tmp_path, text, by_profile=False) == set()
