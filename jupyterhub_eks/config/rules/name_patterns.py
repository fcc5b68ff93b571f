"""Rules for ``auth.allow.pattern``: it means something, somebody, and not everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from warnings import catch_warnings, simplefilter

from jupyterhub_eks.config.backtracking import can_stall, takes_some_name
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

# As `hub-config/who_may_enter.py` compiles it.
FLAGS: Final = re.IGNORECASE | re.ASCII
# No two of them have much in common; what takes all of them takes anybody.
_ANYBODY: Final = ("x", "alice", "0", "zoë-9_q.r", "bob@example.org", "Ann.B+c@a.b.example.com")
# Outside brackets, and not to be left out.
_GAP: Final = re.compile(r"[\s/](?![?*{])(?![^\[]*\])")
_GLOB: Final = re.compile(r"[\w.@*?-]*[*?][\w.@*?-]*", re.ASCII)


def pattern_rules(pattern: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the pattern for user names."""
    if pattern is None:
        return
    path: Path = ("auth", "allow", "pattern")
    try:
        compiled = _compiled(pattern)
        stalls, is_for_some = can_stall(pattern, FLAGS), takes_some_name(pattern, FLAGS)
    except (re.error, RecursionError, OverflowError) as error:
        yield Finding(
            path=path,
            message=f"`{pattern}` is no regular expression: {error}",
            hint=f"write e.g. `pattern: {as_yaml(_meant(pattern))}`",
        )
        return
    if _GAP.search(pattern) and "|" not in pattern:
        yield Finding(
            path=path,
            message=f"`{pattern}` wants a space or `/`, which no user name has; "
            "this lets nobody in",
            hint=f"write e.g. `pattern: {as_yaml(_without_gaps(pattern))}`",
        )
    elif stalls:
        yield Finding(
            path=path,
            message=f"`{pattern[:60]}` takes the letters of some names in so many ways that to say "
            "no can stop the hub for minutes",
            hint="let no letter be taken by two repeats in a row or within each other, e.g. "
            r"`pattern: '[a-z]+(\.[a-z]+)*@example\.org'`",
        )
    elif all(compiled.fullmatch(name) for name in _ANYBODY):
        yield Finding(
            path=path,
            message=f"`{pattern}` takes every name",
            hint="write `everyone: true` in its place, if that is meant",
        )
    elif not is_for_some:
        only = ", only an empty one" if compiled.fullmatch("") else ""
        yield Finding(
            path=path,
            message=f"`{pattern}` takes no name{only}; this lets nobody in",
            hint="write e.g. `pattern: student-[0-9]+`",
        )
    elif _GLOB.fullmatch(pattern) and ".*" not in pattern:
        yield Finding(
            path=path,
            message=f"`{pattern}` is a regular expression, in which `*` repeats the letter before "
            "it, and is not any text",
            hint=f"write e.g. `pattern: {as_yaml(_meant(pattern))}`",
            severity="warning",
        )


def _compiled(pattern: str) -> re.Pattern[str]:
    with catch_warnings():
        # `[[a]` means what it says, and Python only warns that it once may not.
        simplefilter("ignore")
        return re.compile(pattern, FLAGS)


def _meant(pattern: str) -> str:
    """Return the regular expression of a pattern that was written as for file names."""
    if _GLOB.fullmatch(pattern):
        plain = re.escape(pattern).replace(r"\-", "-")
        found = plain.replace(r"\*", ".*").replace(r"\?", ".").replace(r"\@", "@")
        if not any(pattern_rules(found)):
            return found
    return "student-[0-9]+"


def _without_gaps(pattern: str) -> str:
    tidy = re.sub(r"[\s/]+", "-", pattern.strip().replace("\\/", "/"))
    return "student-[0-9]+" if not tidy.isprintable() or any(pattern_rules(tidy)) else tidy
