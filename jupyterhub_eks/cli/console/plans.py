"""A plan as text: per stack the counts, and the resources grouped by kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.cli.console.terminal import Glyphs
    from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan
    from jupyterhub_eks.ports import PlannedChange

SIGNS: Final = {
    ("create",): "+",
    ("update",): "~",
    ("delete",): "-",
    ("delete", "create"): "-/+",
    ("create", "delete"): "-/+",
    ("import",): "=",
    ("forget",): "=",
}
STYLES: Final = {"+": "green", "~": "yellow", "-": "red", "-/+": "red", "=": "cyan"}
WORDS: Final = {
    "+": "to create",
    "~": "to change",
    "-": "to remove",
    "-/+": "to replace",
    "=": "to adopt or leave",
}
# A removal or replacement in a stack that stays is named in full: nothing is lost unread.
NAMED_IN_FULL: Final = frozenset({"-", "-/+"})
TYPE_WIDTH: Final = 40


def sign_of(change: PlannedChange) -> str:
    """Return Terraform's own sign for what happens to a resource."""
    return SIGNS.get(change.actions, "~")


def draw_plan(report: PlanReport, glyphs: Glyphs, width: int) -> Iterator[Text]:
    """Yield the lines of a whole plan, ending with its totals."""
    names = max((len(plan.stack) for plan in report.stacks), default=0)
    everything_goes = all(plan.removed for plan in report.stacks)
    for plan in report.stacks:
        yield from _draw_stack(plan, names, glyphs, width, marked=not everything_goes)
    if report.kept:
        yield Text("")
        yield Text(f"{len(report.kept)} resources with data are kept or taken back", "cyan")
    yield Text("")
    yield _totals(report)


def _draw_stack(
    plan: StackPlan, names: int, glyphs: Glyphs, width: int, *, marked: bool
) -> Iterator[Text]:
    line = Text(f"  {plan.stack:<{names}}  ", "bold")
    resources = [change for change in plan.changes if change.type != "output"]
    if plan.waits_for:
        waits = ", ".join(plan.waits_for)
        yield line.append(f"waits for {waits} ({plan.resources} resources)", "not bold dim")
        return
    if not plan.changes:
        yield line.append("no changes", "not bold dim")
        return
    line.append_text(_counts(resources) if resources else Text("outputs change", "yellow"))
    if plan.removed and marked:
        line.append("  no longer configured", "not bold red")
    if plan.may_change_after:
        after = ", ".join(plan.may_change_after)
        line.append(f"  planned again after {after}", "not bold dim")
    yield line
    yield from _draw_resources(resources, glyphs, width)


def _draw_resources(changes: list[PlannedChange], glyphs: Glyphs, width: int) -> Iterator[Text]:
    groups: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        key = (sign_of(change), change.type)
        groups.setdefault(key, []).append(change.address.removeprefix(f"{change.type}."))
    longest = max((len(kind) for _, kind in groups), default=0)
    # Where a whole stack goes, its kinds and numbers say it.
    all_go = all(sign == "-" for sign, _ in groups)
    for (sign, kind), names in groups.items():
        if sign in NAMED_IN_FULL and not all_go:
            for name in names:
                yield Text.assemble((f"    {sign:<4}", STYLES[sign]), f"{kind}.{name}")
            continue
        count = f"x{len(names)}" if len(names) > 1 else ""
        text = Text.assemble(
            (f"    {sign:<4}", STYLES[sign]),
            f"{kind:<{min(longest, TYPE_WIDTH)}} {count:<4}",
            (" ".join(names), "dim"),
        )
        text.truncate(max(width, 40), overflow="ellipsis" if glyphs.ellipsis == "…" else "crop")
        yield text


def _counts(changes: Iterable[PlannedChange]) -> Text:
    tally = Counter(sign_of(change) for change in changes)
    text = Text(style="not bold")
    for sign, word in WORDS.items():
        if tally[sign]:
            text.append(", " if text else "")
            text.append(f"{tally[sign]} {word}", STYLES[sign])
    return text


def _totals(report: PlanReport) -> Text:
    changes = [
        change for plan in report.stacks for change in plan.changes if change.type != "output"
    ]
    waiting = [plan for plan in report.stacks if plan.waits_for]
    if not report.has_changes:
        return Text("no changes: what is deployed is what the configuration says", "green")
    text = Text("in all: ", "bold")
    text.append_text(_counts(changes) if changes else Text("no resource changes", "not bold"))
    if waiting:
        later = sum(plan.resources for plan in waiting)
        stacks = "stack waits" if len(waiting) == 1 else "stacks wait"
        text.append(f"; {len(waiting)} {stacks} for others ({later} resources)", "not bold")
    return text
