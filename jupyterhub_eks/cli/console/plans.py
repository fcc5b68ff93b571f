"""A plan as text: per stack the counts, the resources by kind, and what changes in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rich.text import Text

from jupyterhub_eks.cli.console import releases
from jupyterhub_eks.cli.console.attributes import draw_attributes
from jupyterhub_eks.cli.console.releases import STYLES, draw_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.cli.console.terminal import Glyphs
    from jupyterhub_eks.orchestration.changes import ResourceDetail
    from jupyterhub_eks.orchestration.reports import PlanReport, StackPlan
    from jupyterhub_eks.ports import PlannedChange

COLOURS: Final = {**STYLES, "=": "cyan"}
SIGNS: Final = {
    ("create",): "+",
    ("update",): "~",
    ("delete",): "-",
    ("delete", "create"): "-/+",
    ("create", "delete"): "-/+",
    ("import",): "=",
    ("forget",): "=",
}
WORDS: Final = {
    "+": "to create",
    "~": "to change",
    "-": "to remove",
    "-/+": "to replace",
    "=": "to adopt or leave",
}
RELEASE_WORDS: Final = {
    "+": "to install",
    "~": "to upgrade",
    "-": "to uninstall",
    "-/+": "to reinstall",
    ".": "without their chart",
}
RELEASE: Final = "helm_release"
# Of a run for stacks with changed files, when there is none.
UNTOUCHED: Final = "all files are those that were applied"
# A removal or replacement in a stack that stays is named in full: nothing is lost unread.
NAMED_IN_FULL: Final = frozenset({"-", "-/+"})
TYPE_WIDTH: Final = 40
ATTRIBUTE_INDENT: Final = 10


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
    if any("delete" in each.actions for each in _user_pools(report)):
        yield Text("")
        yield Text("the Cognito user pool goes with every account and group in it", "bold red")
    yield Text("")
    yield _totals(report)


def _user_pools(report: PlanReport) -> Iterator[PlannedChange]:
    for plan in report.stacks:
        yield from (each for each in plan.changes if each.type == "aws_cognito_user_pool")


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
    line.append_text(_counts(_marks(plan)) if resources else Text("outputs change", "yellow"))
    if plan.removed and marked:
        line.append("  no longer configured", "not bold red")
    if plan.may_change_after:
        after = ", ".join(plan.may_change_after)
        line.append(f"  planned again after {after}", "not bold dim")
    yield line
    details = {detail.address: detail for detail in plan.details}
    told = {release.address for release in plan.releases}
    others = [change for change in resources if change.address not in told]
    yield from _draw_resources(others, details, glyphs, width)
    for release in plan.releases:
        yield from draw_release(release, glyphs, width)


def _marks(plan: StackPlan) -> Iterator[tuple[str, str]]:
    """Yield sign and word of what happens to each resource and release of a stack."""
    actions = {release.address: release.action for release in plan.releases}
    for change in plan.changes:
        if change.type == "output":
            continue
        sign = sign_of(change)
        if change.address in actions:
            sign = releases.SIGNS[actions[change.address]]
        words = RELEASE_WORDS if change.type == RELEASE and sign in RELEASE_WORDS else WORDS
        yield sign, words[sign]


def _draw_resources(
    changes: list[PlannedChange],
    details: Mapping[str, ResourceDetail],
    glyphs: Glyphs,
    width: int,
) -> Iterator[Text]:
    inside = width - ATTRIBUTE_INDENT
    groups: dict[_Group, list[str]] = {}
    for change in changes:
        sign, detail = sign_of(change), details.get(change.address)
        drawn = tuple(draw_attributes(detail, glyphs, inside)) if detail else ()
        kind = "release" if change.type == RELEASE else change.type
        group = _Group(sign, kind, tuple(line.plain for line in drawn), drawn)
        groups.setdefault(group, []).append(change.address.removeprefix(f"{change.type}."))
    longest = max((len(group.kind) for group in groups), default=0)
    # Where a whole stack goes, its kinds and numbers say it.
    all_go = all(group.sign == "-" for group in groups)
    for group, names in groups.items():
        alone = len(names) == 1 and group.lines
        if alone or (group.sign in NAMED_IN_FULL and not all_go):
            for name in names:
                yield from _draw_named(group, name, width)
            continue
        yield _draw_group(group, names, min(longest, TYPE_WIDTH), glyphs, width)
        yield from _indented(group)


@dataclass(frozen=True)
class _Group:
    """Resources of one kind to which the same happens; equal by what is read."""

    sign: str
    kind: str
    texts: tuple[str, ...]
    lines: tuple[Text, ...] = field(compare=False)


def _draw_named(group: _Group, name: str, width: int) -> Iterator[Text]:
    """Yield a resource by its address, and a single short change on the same line."""
    line = Text.assemble((f"    {group.sign:<4}", COLOURS[group.sign]), f"{group.kind}.{name}")
    if len(group.lines) == 1 and line.cell_len + 2 + group.lines[0].cell_len <= width:
        yield line + Text("  ") + group.lines[0]
        return
    yield line
    yield from _indented(group)


def _indented(group: _Group) -> Iterator[Text]:
    for line in group.lines:
        yield Text(" " * ATTRIBUTE_INDENT) + line


def _draw_group(group: _Group, names: list[str], longest: int, glyphs: Glyphs, width: int) -> Text:
    count = f"x{len(names)}" if len(names) > 1 else ""
    text = Text.assemble(
        (f"    {group.sign:<4}", COLOURS[group.sign]),
        f"{group.kind:<{longest}} {count:<4}",
        (" ".join(names), "dim"),
    )
    text.truncate(max(width, 40), overflow="ellipsis" if glyphs.ellipsis == "…" else "crop")
    return text


def _counts(marks: Iterable[tuple[str, str]]) -> Text:
    tally = Counter(marks)
    text = Text(style="not bold")
    for words in (WORDS, RELEASE_WORDS):
        for mark in words.items():
            if tally[mark]:
                text.append(", " if text else "")
                text.append(f"{tally[mark]} {mark[1]}", COLOURS[mark[0]])
    return text


def _totals(report: PlanReport) -> Text:
    marks = [mark for plan in report.stacks for mark in _marks(plan)]
    waiting = [plan for plan in report.stacks if plan.waits_for]
    if not report.stacks:
        return Text(UNTOUCHED, "green")
    if not report.has_changes:
        return Text("no changes: what is deployed is what the configuration says", "green")
    text = Text("in all: ", "bold")
    text.append_text(_counts(marks) if marks else Text("no resource changes", "not bold"))
    if waiting:
        later = sum(plan.resources for plan in waiting)
        stacks = "stack waits" if len(waiting) == 1 else "stacks wait"
        text.append(f"; {len(waiting)} {stacks} for others ({later} resources)", "not bold")
    return text
