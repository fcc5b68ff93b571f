"""What becomes of foreign profiles, as text and as JSON: a block for each, and the counts."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.cli.console.errors import draw_problem, problem_document
from jupyterhub_eks.cli.console.places import BARE, as_typed
from jupyterhub_eks.foreign.outcomes import why_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.cli.console.terminal import Glyphs
    from jupyterhub_eks.foreign.checking import Report
    from jupyterhub_eks.foreign.outcomes import CheckedProfile, CheckedShape, Outcome
    from jupyterhub_eks.foreign.verdicts import Fit
    from jupyterhub_eks.problems import Problem

_STYLES: Final[dict[Outcome, str]] = {
    "starts": "green",
    "differs": "red",
    "some": "red",
    "never": "red",
    "open": "yellow",
}
# Singular and plural of what becomes of profiles.
_COUNTED: Final[dict[Outcome, tuple[str, str]]] = {
    "starts": ("starts", "start"),
    "differs": ("is not what it says", "are not what they say"),
    "some": ("has choices that never start", "have choices that never start"),
    "never": ("never starts", "never start"),
    "open": ("could not be judged", "could not be judged"),
}
_OPEN: Final = "?"
_INDENT: Final = "   "
# Servers of one profile that come to the same, and machines in JSON.
_MOST_CHOICES: Final = 4
_MOST_MACHINES: Final = 20
_MOST_POOLS: Final = 6


def draw_reports(reports: Sequence[Report], glyphs: Glyphs, command: str) -> Iterator[Text]:
    """Yield what is said of each list, and what all were held against.

    Args:
        reports: Of each list.
        glyphs: Signs that the terminal has.
        command: Imports one of several lists; empty: they would have to be parted first.
    """
    for report in reports:
        yield from _report(report, glyphs)
        if len(reports) == 1:
            yield Text(_counts(report), "bold")
        else:
            place = report.listing.node.place
            yield Text.assemble((_counts(report), "bold"), (f"  {place.file}", "dim"))
            yield Text("")
    yield from (Text(as_typed(each), "dim") for each in _background(reports[0]))
    if any(report.profiles for report in reports):
        yield Text(as_typed(_importing(len(reports), command)), "dim")


def _report(report: Report, glyphs: Glyphs) -> Iterator[Text]:
    """Yield what is wrong with the list as such, and a block for each profile."""
    for problem in report.others:
        yield from draw_problem(problem)
        yield Text("")
    for each in report.profiles:
        yield from _profile(each, report, glyphs)
        yield Text("")


def _profile(checked: CheckedProfile, report: Report, glyphs: Glyphs) -> Iterator[Text]:
    outcome, profile = checked.outcome, checked.profile
    sign = {"starts": glyphs.done, "open": _OPEN}.get(outcome, glyphs.failed)
    yield Text.assemble(
        (f"{sign}  ", f"bold {_STYLES[outcome]}"),
        (profile.title, "bold"),
        (f"  {profile.place.file}:{profile.place.line}", "dim"),
    )
    verdicts = [(_verdict(each, report), each) for each in checked.shapes]
    if len(verdicts) > 1:
        yield from _choices(verdicts)
    else:
        for text, _ in verdicts:
            yield Text(f"{_INDENT}{text}")
    for problem in checked.problems:
        yield from _problem(problem, checked, glyphs)


def _verdict(checked: CheckedShape, report: Report) -> str:
    """Return what becomes of a server, in one line."""
    if checked.outcome == "never":
        return "can never start"
    if checked.outcome == "open":
        return f"could not be judged: {why_open(checked.wish, report.known)}"
    where = f"starts on {_machines(checked.verdict.machines)}"
    return f"{where}, but not as it says" if checked.outcome == "differs" else where


def _machines(fits: Sequence[Fit]) -> str:
    """Return the smallest machine of each pool, how many more there are, and users on a node."""
    by_pool = [(pool, list(found)) for pool, found in groupby(fits, key=lambda each: each.pool)]
    parts = []
    for pool, found in by_pool[:_MOST_POOLS]:
        more = len(found) - 1
        names = found[0].machine.name
        if more == 1:
            names += f" or {found[1].machine.name}"
        elif more:
            names += f" and {more} more, up to {found[-1].machine.name}"
        users = sorted(each.users for each in found)
        count = f"{users[0]}" if users[0] == users[-1] else f"{users[0]} to {users[-1]}"
        of_pool = f"pool `{pool}`, " if pool else ""
        parts.append(f"{names} ({of_pool}{count} on a node)")
    left = len(by_pool) - _MOST_POOLS
    return ", ".join(parts) + (f", and {left} more pools" if left > 0 else "")


def _choices(verdicts: Sequence[tuple[str, CheckedShape]]) -> Iterator[Text]:
    """Yield each verdict once, with the choices of which it is."""
    grouped: dict[str, list[CheckedShape]] = {}
    for text, checked in verdicts:
        grouped.setdefault(text, []).append(checked)
    for text, found in grouped.items():
        titles = [_title(each) for each in found[:_MOST_CHOICES]]
        more = len(found) - len(titles)
        names = "; ".join(titles) + (f"; and {more} more" if more else "")
        yield Text.assemble(_INDENT, (f"{names}:  ", "bold"), text)


def _title(checked: CheckedShape) -> str:
    return ", ".join(each.title for each in checked.shape.choices)


def _problem(problem: Problem, checked: CheckedProfile, glyphs: Glyphs) -> Iterator[Text]:
    is_error = problem.severity == "error"
    sign, style = (glyphs.failed, "red") if is_error else (glyphs.warning, "yellow")
    profile = checked.profile
    message = _typed(problem.message).removeprefix(f"`{profile.title}` ")
    message = message.removeprefix("can start nowhere: ")
    line = "" if problem.line == profile.place.line else f"  (line {problem.line})"
    if problem.file != profile.place.file:
        line = f"  ({problem.location})"
    yield Text.assemble(_INDENT, (f"{sign}  ", style), message, (line, "dim"))
    if problem.hint:
        yield Text.assemble(f"{_INDENT}   do: ", (_typed(problem.hint), "green"))


def _typed(text: str) -> str:
    """Return a text with commands as typed here; how is looked up only where there is one.

    A list of thousands of profiles has tens of thousands of lines, nearly all without.
    """
    return as_typed(text) if BARE in text else text


def _counts(report: Report) -> str:
    found = Counter(each.outcome for each in report.profiles)
    total = len(report.profiles)
    parts = [f"{found[each]} {_COUNTED[each][found[each] > 1]}" for each in _COUNTED if found[each]]
    text = f"{total} profile{'s' if total != 1 else ''}"
    return f"{text}: {'; '.join(parts)}" if parts else f"{text}: the list is empty"


def _background(report: Report) -> Iterator[str]:
    known = report.known
    pools = [each.name for each in known.pools]
    if pools:
        more = len(pools) - _MOST_POOLS
        names = ", ".join(pools[:_MOST_POOLS]) + (f" and {more} more" if more > 0 else "")
        beside = f"{len(pools)} node pool{'s' if len(pools) != 1 else ''} ({names})"
        plugin = "the device plugin's settings" if known.plugin else "no device plugin's settings"
        yield f"held against {beside} and {plugin}, in {known.region or 'any region (--region)'}"
    else:
        yield (
            "no node pools were given: give Karpenter's NodePools beside the list, and a profile "
            f"is held against them; so far against EC2, in {known.region or 'any region'}"
        )


def _importing(count: int, command: str) -> str:
    if count == 1:
        return "`jhub profiles import` writes such a list as profiles.yaml"
    if command:
        return f"one list at a time can be written as profiles.yaml, e.g. `{command}`"
    return "`jhub profiles import` takes one list; put it into a file of its own first"


def reports_document(reports: Sequence[Report]) -> dict[str, Any]:
    """Return the same for ``--json``: the profiles of all lists, each with its file."""
    known = reports[0].known
    counts = Counter(each.outcome for report in reports for each in report.profiles)
    return {
        "region": known.region or None,
        "pools": [each.name for each in known.pools],
        "device_plugin": known.plugin is not None,
        "counts": {each: counts[each] for each in _COUNTED},
        "profiles": [
            _profile_document(each, report) for report in reports for each in report.profiles
        ],
        "problems": [
            problem_document(each)
            for each in dict.fromkeys(each for report in reports for each in report.others)
        ],
    }


def _profile_document(checked: CheckedProfile, report: Report) -> dict[str, Any]:
    place = checked.profile.place
    return {
        "name": checked.profile.title,
        "file": place.file,
        "line": place.line,
        "default": checked.profile.is_default,
        "outcome": checked.outcome,
        "servers": [_shape_document(each, report) for each in checked.shapes],
        "problems": [problem_document(each) for each in checked.problems],
    }


def _shape_document(checked: CheckedShape, report: Report) -> dict[str, Any]:
    machines = checked.verdict.machines
    reasons = list(checked.verdict.reasons)
    if checked.outcome == "open":
        reasons.append(why_open(checked.wish, report.known))
    return {
        "choices": {each.option: each.key for each in checked.shape.choices},
        "outcome": checked.outcome,
        "reasons": reasons,
        "machines": [
            {"type": each.machine.name, "pool": each.pool or None, "users": each.users}
            for each in machines[:_MOST_MACHINES]
        ],
        "machine_count": len(machines),
    }
