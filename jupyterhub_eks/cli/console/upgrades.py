"""An upgrade check as text: a table, what to know, and the order in which to move."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.upgrades.model import Check, Item, Round, State, Step

STYLES: Final[dict[State, str]] = {
    "ended": "red",
    "insecure": "red",
    "blocked": "yellow",
    "ending": "yellow",
    "behind": "cyan",
    "unknown": "dim",
    "current": "green",
}
WORDS: Final[dict[State, str]] = {
    "ended": "out of support",
    "insecure": "vulnerable",
    "blocked": "newer",
    "ending": "ends soon",
    "behind": "behind",
    "unknown": "not known",
    "current": "current",
}
VERDICTS: Final[dict[State, str]] = {
    "blocked": "something is newer than what is asked for",
    "ending": "support ends within 90 days",
    "behind": "supported, and not the newest",
}
NONE: Final = "-"


def draw_check(check: Check, name: str, target: str, file: str) -> Iterator[Text]:
    """Yield the whole report.

    Args:
        check: The report.
        name: Name of the deployment.
        target: ``aws`` or ``local``.
        file: Where ``cluster.version`` stands.
    """
    place = "the embedded AWS" if target == "local" else "AWS"
    what = "" if check.is_deployed else "nothing is deployed, so the configuration alone: "
    yield Text.assemble(
        (name, "bold"), f" on {place}: {what}", (_verdict(check), STYLES[check.state])
    )
    yield Text("")
    yield from _table(check)
    yield from _notes(check)
    yield from _order(check.rounds, file)
    if not check.rounds and check.is_deployed:
        yield Text("")
        yield Text("there is nothing to move")


def _verdict(check: Check) -> str:
    bad = [item.name for item in check.items if item.state in {"ended", "insecure"}]
    if bad:
        return f"out of support or vulnerable: {', '.join(bad)} ({check.judged_on})"
    return f"{VERDICTS.get(check.state, 'nothing is out of support')} ({check.judged_on})"


def _table(check: Check) -> Iterator[Text]:
    rows = [("", "deployed", "wanted", Text("state"), "supported until")]
    rows += [
        (
            item.name,
            item.deployed or NONE,
            _wanted(item),
            _state(item, is_deployed=check.is_deployed),
            str(item.support_ends or ""),
        )
        for item in check.items
        if not _is_summed(item)
    ]
    rows += [
        (f"{count} add-ons", "", "", Text(WORDS[state], STYLES[state]), "")
        for state, count in _summed(check.items)
    ]
    widths = [max(len(str(row[column])) for row in rows) for column in range(4)]
    for number, (name, deployed, wanted, state, until) in enumerate(rows):
        line = Text.assemble(
            f"  {name:<{widths[0]}}  {deployed:<{widths[1]}}  {wanted:<{widths[2]}}  ",
            state,
            " " * (widths[3] - len(state.plain)),
            f"  {until}" if until else "",
        )
        line.rstrip()
        if not number:
            line.stylize("dim")
        yield line


def _wanted(item: Item) -> str:
    if item.configured not in {"", item.wanted}:
        return f"{item.configured} -> {item.wanted}"
    return item.wanted or NONE


def _state(item: Item, *, is_deployed: bool) -> Text:
    if is_deployed and not item.deployed and item.state == "current":
        return Text("to come", "dim")
    return Text(WORDS[item.state], STYLES[item.state])


def _is_summed(item: Item) -> bool:
    return item.group == "add-on" and item.state in {"current", "unknown"}


def _summed(items: Sequence[Item]) -> list[tuple[State, int]]:
    return list(Counter(item.state for item in items if _is_summed(item)).items())


def _notes(check: Check) -> Iterator[Text]:
    lines = [(item.name, note) for item in check.items for note in item.notes]
    lines += [("", note) for note in check.notes]
    if lines:
        yield Text("")
    for name, note in lines:
        yield Text.assemble(f"  {name}: " if name else "  ", note)


def _order(rounds: Sequence[Round], file: str) -> Iterator[Text]:
    if not rounds:
        return
    yield Text("")
    yield heading("In this order")
    known: set[str] = set()
    for number, each in enumerate(rounds, 1):
        yield from _commands(number, each, file)
        yield from _steps(each.steps, known)


def _commands(number: int, each: Round, file: str) -> Iterator[Text]:
    if each.by == "aws":
        yield Text(f"  {number}. with the AWS CLI, each command after the one before has finished")
        yield from (Text(f"     {command}", "cyan") for command in each.commands)
    else:
        edit = f'set `cluster.version` to "{each.edit}" in {file}, then ' if each.edit else ""
        yield Text.assemble(f"  {number}. {edit}", (" ".join(each.commands), "cyan"))
    if each.reason:
        yield Text(f"     {each.reason}", "yellow")


def _steps(steps: Sequence[Step], known: set[str]) -> Iterator[Text]:
    """Yield a line per step, with what users notice the first time that a part moves."""
    for step in steps:
        versions = f"  {step.before} -> {step.after}" if step.before else ""
        yield Text(f"     {step.title}{versions}")
        if step.part not in known:
            yield Text(f"       {step.effect}", "dim")
        known.add(step.part)
