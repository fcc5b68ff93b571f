"""A file that is given in the other's place is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

SETTINGS = "name: lab\nregion: eu-west-1\nnetwork: {zones: two}\n"
PROFILES = (
    "pools: {cpu: {instances: [m7i]}}\nprofiles: [{name: A, default: true, pool: cpu, gpu: x}]\n"
)


def refused(sources: ConfigSources) -> tuple[Problem, ...]:
    """Return the problems with which ``sources`` are refused."""
    with pytest.raises(ConfigError) as caught:
        load(sources)
    return caught.value.problems


def test_a_jhub_yaml_given_as_profiles(tmp_path: Path) -> None:
    """One problem that names the option, and nothing about single keys."""
    path = tmp_path / "jhub.yaml"
    path.write_text(SETTINGS)
    (problem,) = refused(ConfigSources(profiles=path))

    assert "looks like jhub.yaml (`name`, `region`, `network`), not profiles" in problem.message
    assert f"`-f {path}`" in problem.hint
    assert (problem.file, problem.line, problem.column) == (str(path), 1, 1)


def test_a_profiles_yaml_given_as_jhub_yaml(tmp_path: Path) -> None:
    """The same the other way round."""
    path = tmp_path / "mine.yaml"
    path.write_text(PROFILES)
    (problem,) = refused(ConfigSources(files=(path,)))

    assert "looks like profiles.yaml (`pools`, `profiles`), not jhub.yaml" in problem.message
    assert f"`--profiles {path}`" in problem.hint


def test_both_files_swapped(tmp_path: Path) -> None:
    """Each is reported once."""
    settings, profiles = tmp_path / "a.yaml", tmp_path / "b.yaml"
    settings.write_text(SETTINGS)
    profiles.write_text(PROFILES)
    problems = refused(ConfigSources(files=(profiles,), profiles=settings))

    assert [problem.file for problem in problems] == [str(settings), str(profiles)]


def test_one_file_with_both_is_told_which_keys_to_move(tmp_path: Path) -> None:
    """A mixture is no mistaken file: each misplaced key is named."""
    path = tmp_path / "jhub.yaml"
    path.write_text("name: lab\npools: {cpu: {instances: [m7i]}}\n")
    (problem,) = refused(ConfigSources(files=(path,)))

    assert problem.hint == "`pools` belongs in profiles.yaml"


def test_a_key_of_the_other_file_among_profiles(tmp_path: Path) -> None:
    """It is not suggested to be written as it was."""
    path = tmp_path / "profiles.yaml"
    path.write_text("pools: {cpu: {instances: [m7i]}}\nregion: x\nporfiles: []\ndomain: x\n")
    problems = refused(ConfigSources(profiles=path))

    assert [problem.hint for problem in problems if problem.path in ("region", "domain")] == [
        "`region` belongs in jhub.yaml",
        "`domain` belongs under `access:` of jhub.yaml",
    ]
    assert "did you mean `profiles`?" in [problem.hint for problem in problems]
