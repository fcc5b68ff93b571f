"""What rules say, as problems with a place that are safe to show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import KeyPath, MapNode, Place, dotted, place_of, problem_at
from jupyterhub_eks.config.flags import in_words_of
from jupyterhub_eks.config.lookup import PROFILE_KEYS
from jupyterhub_eks.config.repair import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.rules import Finding
    from jupyterhub_eks.problems import Problem

_LONGEST_TEXT: Final = 600
_LONGEST_PATH: Final = 200


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems as they are shown, by file and line."""
    return sorted(map(_finished, problems), key=_order)


def rule_problems(
    findings: Iterable[Finding], trees: tuple[MapNode, MapNode], dropped: list[KeyPath]
) -> Iterator[Problem]:
    """Yield the problem of each finding.

    Args:
        findings: What rules say.
        trees: Where settings and profiles were written.
        dropped: Keys of which nothing is to be said: a default stands in for what was wrong.
    """
    gone = Paths(dropped)
    for finding in findings:
        if gone.cover(finding.path) or any(gone.touch(path) for path in finding.also):
            continue  # drawn from a default that stands in for a value already reported
        tree = trees[1] if finding.path[:1] and finding.path[0] in PROFILE_KEYS else trees[0]
        yield _problem(finding, place_of(tree, finding.path, key=finding.at_key))


def _problem(finding: Finding, place: Place) -> Problem:
    path = dotted(finding.path)
    return problem_at(place, path, finding.message, finding.hint, finding.severity)


def _finished(problem: Problem) -> Problem:
    """Let the value of a flag read as typed; make texts safe to show: one line, not endless."""
    if problem.flag:
        problem = in_words_of(problem.flag, problem)
    return replace(
        problem,
        path=_one_line(problem.path, _LONGEST_PATH),
        message=_one_line(problem.message, _LONGEST_TEXT),
        hint=_one_line(problem.hint, _LONGEST_TEXT),
    )


def _one_line(text: str, longest: int) -> str:
    if len(text) > longest:
        text = f"{text[:longest]}…"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column
