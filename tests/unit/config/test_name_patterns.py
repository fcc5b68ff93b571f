"""Patterns for user names: whatever is written, the check ends, and its remedy is a remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyterhub_eks.config.document import to_plain
from jupyterhub_eks.config.reader import read_text
from jupyterhub_eks.config.rules.name_patterns import FLAGS, pattern_rules

if TYPE_CHECKING:
    from jupyterhub_eks.config.rules.finding import Finding

SIGNS = "a student * ? + . @example.org [ ] ( ) | ^ $ \\ \\d {2} / - é (?i) [[ (?! \\1"
PIECES = st.sampled_from([" ", *SIGNS.split()])


def remedies(finding: Finding) -> list[str]:
    """Return the patterns that a hint offers."""
    lines = [line for line in re.findall(r"`([^`]+)`", finding.hint) if "pattern: " in line]
    return [str(to_plain(read_text(line, "hint").entries["pattern"].value)) for line in lines]


@given(pattern=st.lists(PIECES, min_size=1, max_size=8).map("".join) | st.text(min_size=1))
@example(pattern="*@example.org")
@example(pattern="student 1")
@example(pattern="[[a]")
def test_what_is_offered_in_its_place_is_in_order(pattern: str) -> None:
    """No pattern breaks the check, and no remedy is refused in its turn."""
    for finding in pattern_rules(pattern):
        for meant in remedies(finding):
            assert list(pattern_rules(meant)) == []


@given(names=st.lists(st.from_regex(r"[a-z0-9._@-]{1,20}", fullmatch=True), min_size=1))
def test_names_that_are_written_out_are_a_pattern(names: list[str]) -> None:
    """A list of names joined by bars lets in these, and is not taken for everybody."""
    pattern = "|".join(map(re.escape, names))
    assert [each for each in pattern_rules(pattern) if each.severity == "error"] == []
    assert all(re.fullmatch(pattern, name, FLAGS) for name in names)


@pytest.mark.parametrize(
    "pattern", [".*", ".+", r"\S+", "[^/]+", r".*|student", "(.*)", r"[\w\W]*", "(?s:.)+"]
)
def test_a_pattern_for_everybody_is_told_the_word_for_it(pattern: str) -> None:
    """To let everybody in has a key of its own, which is seen in a review."""
    (finding,) = pattern_rules(pattern)
    assert "everyone: true" in finding.hint


@pytest.mark.parametrize(
    "pattern",
    ["student-[0-9]+", r".*@example\.org", "[a-z]+", r"(ann|bob)@example\.org", "x/?y", r"\w+"],
)
def test_patterns_for_some_are_in_order(pattern: str) -> None:
    """What lets in some names, and not all, is left alone."""
    assert list(pattern_rules(pattern)) == []


@pytest.mark.parametrize("pattern", ["a b", " student", "ann/.*", "^$", "()", r"\A\Z", r"a\/b"])
def test_patterns_for_nobody_are_refused(pattern: str) -> None:
    """No user name has a space or a slash, or no letters."""
    (finding,) = pattern_rules(pattern)
    assert finding.severity == "error"
    assert "nobody" in finding.message
