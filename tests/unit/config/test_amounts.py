"""CPU and memory in every notation, and one answer to each that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.profiles import ProfileConfig
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

FILE = (
    "pools: {{cpu: {{instances: [u7in-32tb]}}}}\n"
    "profiles:\n"
    "- {{name: A, default: true, pool: cpu, {}}}\n"
)


def loaded(folder: Path, line: str) -> ProfileConfig:
    """Return a profile with a line of YAML."""
    path = folder / "profiles.yaml"
    path.write_text(FILE.format(line))
    (profile,) = load(ConfigSources(profiles=path)).deployment.profiles.profiles
    return profile


def refused(folder: Path, line: str) -> list[Problem]:
    """Return what is said about a profile with a line of YAML."""
    with pytest.raises(ConfigError) as caught:
        loaded(folder, line)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("written", "cores"),
    [
        ("2", (2, 2)),
        ('"2"', (2, 2)),
        ("1.5", (1.5, 1.5)),
        ('"1.5"', (1.5, 1.5)),
        ("500m", (0.5, 0.5)),
        ("1500m", (1.5, 1.5)),
        (".5", (0.5, 0.5)),
        ("1e1", (10, 10)),
        ("0.0001", (0.001, 0.001)),
        ("{guarantee: 500m, limit: 2}", (0.5, 2)),
        ("{guarantee: 2}", (2, 2)),
        ("{limit: 250m}", (0.25, 0.25)),
    ],
)
def test_notations_of_cores(written: str, cores: tuple[float, float], tmp_path: Path) -> None:
    """One amount, or one half of a range, counts for both; thousandths are the least there is."""
    cpu = loaded(tmp_path, f"cpu: {written}").cpu
    assert cpu is not None
    assert (cpu.guarantee, cpu.limit) == cores


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("8G", 8 * 10**9),
        ("8Gi", 8 * 2**30),
        ("1.5G", 1_500_000_000),
        ("512Mi", 512 * 2**20),
        ("8e9", 8 * 10**9),
        ('"8e9"', 8 * 10**9),
        ("8000000000", 8 * 10**9),
        ('"8000000000"', 8 * 10**9),
        ("4000000K", 4 * 10**9),
        ("4000000k", 4 * 10**9),
        ("4194304Ki", 4 * 2**30),
        ("1T", 10**12),
        ("1Ti", 2**40),
        ("{guarantee: 8G}", 8 * 10**9),
        ("{limit: 8G}", 8 * 10**9),
    ],
)
def test_notations_of_memory(written: str, amount: int, tmp_path: Path) -> None:
    """Bytes all of them; `G` is decimal and `Gi` binary, as Kubernetes reads them."""
    memory = loaded(tmp_path, f"memory: {written}").memory
    assert memory is not None
    assert (memory.guarantee, memory.limit) == (amount, amount)


@pytest.mark.parametrize(
    ("line", "column", "message", "hint"),
    [
        ("cpu: -1", 44, "`cpu: -1` is less than nothing", "write `cpu: 1`"),
        ("cpu: -500m", 44, "`cpu: -500m` is less than nothing", "write `cpu: 0.5`"),
        ("cpu: 0", 44, "`cpu: 0` is nothing", "write e.g. `cpu: 2`"),
        ("cpu: 0m", 44, "`cpu: 0m` is nothing", "write e.g. `cpu: 2`"),
        ("cpu: 2000", 44, "more than any machine has (1024 cores)", "write `cpu: 2000m`"),
        ("cpu: 1e12", 44, "more than any machine has", "write e.g. `cpu: 2`"),
        ("cpu: two", 44, "`cpu: two` is not a number of cores", "write e.g. `cpu: 2`"),
        ('cpu: "1,5"', 44, "is not a number of cores", "write `cpu: 1.5`"),
        ("cpu: 500 mCPU", 44, "is not a number of cores", "write `cpu: 500m`"),
        ("cpu: 4 vCPUs", 44, "is not a number of cores", "write `cpu: 4`"),
        ("cpu: true", 44, "is not a number of cores", "write e.g. `cpu: 2`"),
        ("cpu: {}", 44, "says neither `guarantee` nor `limit`", "write e.g. `cpu: 2`"),
        ("cpu: {guarantee: 0}", 56, "`guarantee: 0` is nothing", "write e.g. `guarantee: 1`"),
        ("cpu: {guarante: 1}", 45, "unknown key `guarante`", "`guarantee`"),
        ("memory: 8", 47, "`memory: 8` has no unit", "write `memory: 8G`"),
        ("memory: 8192", 47, "has no unit", "write `memory: 8192M`"),
        ("memory: 8GB", 47, "has a unit that is not known", "write `memory: 8G`"),
        ("memory: 8 GiB", 47, "has a unit that is not known", "write `memory: 8Gi`"),
        ("memory: 8gb", 47, "has a unit that is not known", "write `memory: 8G`"),
        ("memory: 512m", 47, "counts parts of a byte", "write `memory: 512M`"),
        ("memory: 0G", 47, "is nothing", "write e.g. `memory: 8G`"),
        ("memory: -8G", 47, "is less than nothing", "write `memory: 8G`"),
        ("memory: 8P", 47, "more than any machine has (32Ti)", "write e.g. `memory: 8G`"),
        ("memory: 64Ti", 47, "more than any machine has", "write e.g. `memory: 8G`"),
        ("memory: lots", 47, "is not an amount of memory", "write e.g. `memory: 8G`"),
        ("memory: 100M", 47, "too little for JupyterLab", "write e.g. `4G`"),
        ("memory: [8G]", 47, "is not an amount of memory", "write e.g. `memory: 8G`"),
    ],
)
def test_one_answer_to_each_that_is_wrong(
    line: str, column: int, message: str, hint: str, tmp_path: Path
) -> None:
    """At its place, with what to write; never two for one mistake."""
    (problem,) = refused(tmp_path, line)
    assert (problem.line, problem.column) == (3, column)
    assert message in problem.message
    assert hint in problem.hint


def test_both_halves_are_reported_at_once(tmp_path: Path) -> None:
    """Each is a mistake of its own."""
    found = refused(tmp_path, "cpu: {guarantee: -1, limit: 0}, memory: {guarantee: 8GB, limit: 9}")
    assert [each.path.partition(".")[2] for each in found] == [
        "cpu.guarantee",
        "cpu.limit",
        "memory.guarantee",
        "memory.limit",
    ]


@given(st.integers(256 * 10**6, 32 * 2**40))
def test_memory_is_dumped_as_it_may_be_written(amount: int) -> None:
    """What a file is written from comes back the same."""
    profile = ProfileConfig.model_validate({"name": "A", "pool": "p", "memory": amount})
    dumped = profile.model_dump(mode="json", exclude_unset=True)
    assert ProfileConfig.model_validate(dumped) == profile
