"""Each file under ``cases/`` is one configuration; its ``.txt`` holds the expected problems.

``NAME.error.yaml`` must be refused and ``NAME.ok.yaml`` must load. Names that begin
with ``profiles-`` are a profiles.yaml, the others a jhub.yaml. A line of the ``.txt`` is
``severity line:column text``, where the text is part of "message -> hint". A ``.ok.yaml``
without ``.txt`` loads without a warning.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.reader import read_text
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Problem

CASES = Path(__file__).parent / "cases"


def problems_of(path: Path) -> tuple[bool, list[Problem]]:
    """Return whether ``path`` is refused, and what was said about it."""
    is_profiles = path.name.startswith("profiles-")
    sources = ConfigSources(profiles=path) if is_profiles else ConfigSources(files=(path,))
    try:
        found = load(sources).warnings
    except ConfigError as error:
        return True, list(error.problems)
    return False, list(found)


def expected_of(path: Path) -> list[tuple[str, str]]:
    """Return ``severity line:column`` and text of each expected problem."""
    text = path.with_suffix(".txt")
    lines = text.read_text(encoding="utf-8").splitlines() if text.exists() else []
    return [(" ".join(line.split(" ")[:2]), line.split(" ", 2)[2]) for line in lines]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """The file is refused or accepted as its name says, with exactly these problems."""
    refused, found = problems_of(path)

    assert refused == path.stem.endswith(".error")
    expected = expected_of(path)
    places = [f"{item.severity} {item.line}:{item.column}" for item in found]
    assert places == [place for place, _ in expected]
    for item, (_, text) in zip(found, expected, strict=True):
        assert text in f"{item.message} -> {item.hint}"


def test_each_refused_case_says_what_is_expected() -> None:
    """No ``.error.yaml`` is without its list, and no list without its case."""
    errors = {path.stem for path in CASES.glob("*.error.yaml")}
    lists = {path.stem for path in CASES.glob("*.txt")}
    assert errors <= lists
    assert lists <= {path.stem for path in CASES.glob("*.yaml")}


@pytest.mark.parametrize("path", sorted(CASES.glob("auth-[cs][eu]*.yaml")))
def test_secrets_are_not_repeated(path: Path) -> None:
    """What was written where a secret is looked for stands in no message and no hint."""
    said = " ".join(f"{item.path} {item.message} {item.hint}" for item in problems_of(path)[1])
    assert "hunter2" not in said


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_lines_in_hints_can_be_pasted(path: Path) -> None:
    """What stands in backticks is YAML, and has no `<your …>` that would be taken as it is."""
    for problem in problems_of(path)[1]:
        for line in re.findall(r"`([^`]+)`", problem.hint):
            assert "…" not in line
            assert "<your" not in line
            if re.match(r"[a-z_]+: ", line):
                assert read_text(line, "hint").entries
