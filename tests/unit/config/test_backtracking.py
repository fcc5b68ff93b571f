"""Expressions that can take ages to say no are told from those that cannot."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.config.backtracking import can_stall, takes_some_name
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.rules.name_patterns import FLAGS, pattern_rules
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MULTIPLYING = (
    r"(a+)+$",
    r"([a-z]+)*@example\.org",
    r"(a|a)*b",
    r"(a|ab|b)*c",
    r"(a|aa)+x",
    r"([a-z]+\.?)+@example\.org",
    r"(.*,)*x",
    r"(a*b*)*c",
    r"(c(a?|b?))*d",
    r"(?=(a+)+b)x",
    r"([a-z]{1,20}\.?){1,10}",
    r"(a{1,100}){1,100}",
)
SHARING = (r"(a?){64}", "a?" * 40, r".*.*.*.*x", r"(a+){10}", "[a-z]{1,60}" * 20)
ORDINARY = (
    r"student-[0-9]+",
    r"[a-z]+(\.[a-z]+)*@example\.org",
    r"(alice|bob)",
    r"[a-z0-9]+(-[a-z0-9]+)*",
    r".*@(.*\.)?example\.org",
    r"[\w.+-]+@(\w+\.)+org",
    r"([0-9]{4}-?){4}",
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+org",
    r"[a-z0-9]{1,63}(-[a-z0-9]{1,63})*",
    r"(a\d+|b\d+)*",
    r"(a?)*b",
    r"(a|b|c)*d",
    r"[ä-ü]+(-[ä-ü]+)*",
    "|".join(rf"name{number}\.surname@example\.org" for number in range(200)),
)
PROFILES = """\
    pools: {p: {instances: [m7i]}}
    profiles:
    - name: P
      default: true
      images: {I: "quay.io/jupyter/a:1"}
      unlisted_image: (\\w+/?)+:1
      pool: p
    """
SIGNS = st.sampled_from(["a", "b", "(a|b)", "?", "*", "+", "(", ")", "|", "{2}", "{1,3}", "[ab]"])


@contextmanager
def at_once(pattern: str) -> Iterator[None]:
    """Fail after two seconds; Python looks for signals while it matches."""

    def late(*_: object) -> None:
        raise AssertionError(f"{pattern} is not refused, and does not end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(2)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("pattern", [*MULTIPLYING, *SHARING])
def test_what_can_stall_is_refused(pattern: str) -> None:
    """The ways multiply with each letter, or several repeats share out the same letters."""
    assert can_stall(pattern, FLAGS)
    (finding,) = pattern_rules(pattern)
    assert finding.severity == "error"
    assert "stop the hub" in finding.message


@pytest.mark.parametrize("pattern", ORDINARY)
def test_what_is_ordinary_is_not(pattern: str) -> None:
    """Each letter can be taken by one repeat only, or by few."""
    assert not can_stall(pattern, FLAGS)


@pytest.mark.parametrize("pattern", ORDINARY)
def test_what_is_not_refused_says_no_at_once(pattern: str) -> None:
    """Names as long as any, of one letter and of a few in turn, are refused soon."""
    compiled = re.compile(pattern, FLAGS)
    for word in ("a", "a.", "a-", "a1", "1", "@", "ä", "ab.c@"):
        with at_once(pattern):
            assert not compiled.fullmatch((word * 255)[:254] + "!")


@settings(max_examples=150)
@given(pattern=st.lists(SIGNS, min_size=1, max_size=7).map("".join))
def test_what_is_counted_is_what_python_does(pattern: str) -> None:
    """No expression of two letters is called harmless that keeps Python busy."""
    try:
        compiled = re.compile(pattern, FLAGS)
    except re.error:
        return
    if not can_stall(pattern, FLAGS):
        for word in ("a", "b", "ab", "aab", "abb"):
            with at_once(pattern):
                compiled.fullmatch((word * 60)[:60] + "!")


@pytest.mark.parametrize("pattern", ["(?!)", "a(?!)", "a b", "(?#x)", "$", "()", r"a\/b"])
def test_nobody_has_such_a_name(pattern: str) -> None:
    """A name has a letter at least, and no spaces and slashes."""
    assert not takes_some_name(pattern)
    assert any("lets nobody in" in each.message for each in pattern_rules(pattern))


@pytest.mark.parametrize("pattern", ["(?!)|ann", "a ?b", "(?!x)y", "(?=a).+b", "[^a-z]"])
def test_somebody_can_have_such_a_name(pattern: str) -> None:
    """Only one of the ways need be there."""
    assert takes_some_name(pattern)


def test_patterns_for_images_are_held_against_the_same(tmp_path: Path) -> None:
    """A user who enters an image can choose its letters, as one who logs in those of a name."""
    file = tmp_path / "profiles.yaml"
    file.write_text(dedent(PROFILES), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(profiles=file))
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (6, "profiles[0].unlisted_image")
    assert "stop the hub" in problem.message
