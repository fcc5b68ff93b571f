"""Closing summaries: what was done, what was real, where things are, what to do next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.aws.removers import removal_command
from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.plans import UNTOUCHED
from jupyterhub_eks.cli.console.progress import describe_counts, describe_end, describe_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.orchestration.rendering import RenderedRelease
    from jupyterhub_eks.orchestration.reports import (
        DeployReport,
        DestroyReport,
        StackOutcome,
        StatusReport,
    )
    from jupyterhub_eks.ports import Resource

# Outputs that a person looks for first; `jhub output` shows them all.
IMPORTANT_OUTPUTS: Final = (
    ("network", "vpc_id"),
    ("cluster", "cluster_name"),
    ("cluster", "cluster_endpoint"),
    ("storage", "file_system_id"),
    ("identity", "user_pool_id"),
)
# Outputs that cdktf adds to hand values from stack to stack.
PLUMBING: Final = "cross-stack-output-"
STATE_STYLES: Final = {
    "applied": "green",
    "changed": "yellow",
    "partial": "yellow",
    "failed": "red",
    "absent": "dim",
}


def draw_deploy(report: DeployReport, *, with_stacks: bool) -> Iterator[Text]:
    """Yield what a deploy did; ``with_stacks`` repeats what a live tree has shown already."""
    added, changed, removed = (
        sum(getattr(stack, each) for stack in report.stacks)
        for each in ("added", "changed", "removed")
    )
    missing = sum(len(stack.not_installed) for stack in report.stacks)
    done = describe_counts(added, changed, removed)
    counts = describe_counts(added, changed, removed, missing) if done else "nothing had to change"
    yield Text("")
    yield Text.assemble(
        ("deployed ", "bold green"),
        (report.deployment, "bold"),
        f" in {describe_seconds(report.seconds)}: "
        + (f"{counts} in {_touched(report.stacks)}" if report.stacks else UNTOUCHED),
        (f"; {_still(missing)}" if missing and not done else "", "yellow"),
    )
    if with_stacks:
        yield from draw_outcomes(report.stacks)
    if report.waiting:
        yield Text(
            f"  without a reviewed plan, not deployed: {', '.join(report.waiting)}", "yellow"
        )
    chosen = [
        (name.replace("_", " "), str(report.outputs[stack][name]))
        for stack, name in IMPORTANT_OUTPUTS
        if name in report.outputs.get(stack, {})
        # Where nothing is applied to the cluster, nothing answers there.
        and not (report.unapplied and name == "cluster_endpoint")
    ]
    if chosen:
        yield Text("")
        yield heading("Outputs")
        yield from pairs(chosen)


def _touched(stacks: Sequence[StackOutcome]) -> str:
    """Return in how many of the stacks that were looked at something was done."""
    touched = sum(1 for stack in stacks if stack.result != "unchanged")
    if touched in {0, len(stacks)}:
        return _stacks(len(stacks))
    return f"{touched} of {_stacks(len(stacks))}"


def _still(count: int) -> str:
    return f"{count} {'release is' if count == 1 else 'releases are'} still not installed"


def draw_outcomes(stacks: Sequence[StackOutcome]) -> Iterator[Text]:
    """Yield one line per stack: result, counts, time."""
    names = max((len(stack.stack) for stack in stacks), default=0)
    for stack in stacks:
        counts = describe_end(stack, len(stack.not_installed))
        yield Text.assemble(
            f"  {stack.stack:<{names}}  {counts:<28}",
            (f"{describe_seconds(stack.seconds):>12}", "dim"),
        )


def draw_unapplied(
    unapplied: Mapping[str, str], rendered: Sequence[RenderedRelease] = (), folder: str = ""
) -> Iterator[Text]:
    """Yield the stacks that cannot be applied here, why, and what was done for them instead."""
    if not unapplied:
        return
    yield Text("")
    yield heading("Not applied")
    for reason in dict.fromkeys(unapplied.values()):
        names = ", ".join(name for name, why in unapplied.items() if why == reason)
        yield Text.assemble("  ", (names, "yellow"), f": {as_typed(reason)}")
    if not rendered:
        return
    yield Text(f"  rendered and checked against their schemas instead, in {folder}:")
    whole = [each.release for each in rendered if each.objects]
    bare = [each.release for each in rendered if not each.objects]
    if whole:
        yield Text(f"    manifests: {', '.join(whole)}")
    if bare:
        yield Text(f"    values only, {_why_bare(rendered)}: {', '.join(bare)}")


def _why_bare(rendered: Sequence[RenderedRelease]) -> str:
    """Return why some releases have no manifests."""
    if any(each.objects for each in rendered):
        return "their charts are not at hand"
    return "there is no Helm"


def draw_destroy(
    report: DestroyReport, *, with_stacks: bool, is_only_one: bool = True
) -> Iterator[Text]:
    """Yield what a destroy removed, kept on purpose, and left by accident.

    Args:
        report: What was done.
        with_stacks: Whether to repeat what a live tree has shown already.
        is_only_one: Whether the work folder has no other deployment, so that ``0 left`` is all.
    """
    removed = sum(stack.removed for stack in report.stacks)
    yield Text("")
    yield Text.assemble(
        ("destroyed " if not report.left else "destroyed in part ", "bold"),
        (report.deployment, "bold"),
        f" in {describe_seconds(report.seconds)}: {removed} removed",
    )
    if with_stacks:
        yield from draw_outcomes(report.stacks)
    if report.kept:
        yield Text("")
        yield heading(f"{len(report.kept)} kept, with your data")
        yield from draw_resources(report.kept)
    yield Text("")
    whose = "" if is_only_one else f" of {report.deployment}"
    yield Text(f"{len(report.left)} left{whose}", "bold red" if report.left else "bold green")
    yield from draw_resources(report.left)
    commands = [text for each in report.left if (text := removal_command(each))]
    if commands:
        yield Text("")
        yield heading("To remove by hand what stays, in the region of the deployment")
        yield from (Text(f"  {command}") for command in commands)


def draw_resources(resources: Sequence[Resource]) -> Iterator[Text]:
    """Yield resources, those of one service and kind together."""
    yield from pairs(
        (f"{resource.service} {resource.kind}", resource.identifier)
        for resource in sorted(resources)
    )


def draw_status(report: StatusReport) -> Iterator[Text]:
    """Yield one line per stack: state, resources, when it was last touched."""
    total = sum(stack.resources for stack in report.stacks)
    resources = "1 resource" if total == 1 else f"{total} resources"
    what = f"{resources} in {_deployed(report)}" if total else "nothing is deployed"
    yield _headline(report.deployment, report.target, what)
    names = max((len(stack.stack) for stack in report.stacks), default=0)
    for stack in report.stacks:
        # Of a run that was interrupted one line at the end speaks for all its stacks.
        detail = "" if report.interrupted and stack.state == "partial" else stack.detail
        if stack.not_installed:
            missing = f"not installed: {', '.join(stack.not_installed)}"
            detail = f"{detail}; {missing}" if detail else missing
        yield Text.assemble(
            f"  {stack.stack:<{names}}  ",
            (f"{stack.state:<8}", STATE_STYLES[stack.state]),
            f"{stack.resources:>4} ",
            (_when(stack.updated), "dim"),
            (f"  {as_typed(detail)}" if detail else "", "yellow"),
        )
    if report.kept:
        yield Text("")
        yield heading("Kept by the last destroy; the next deploy takes it back")
        yield from draw_resources(report.kept)
    if report.interrupted:
        yield Text("")
        yield Text(as_typed(report.interrupted), "yellow")


def nothing_deployed(deployment: str, target: str) -> Text:
    """Return the line of a deployment of which nothing exists."""
    return _headline(deployment, target, "nothing is deployed")


def _headline(deployment: str, target: str, what: str) -> Text:
    place = "the embedded AWS" if target == "local" else "AWS"
    return Text.assemble((deployment, "bold"), f" on {place}: {what}")


def _when(iso: str) -> str:
    """Return an ISO 8601 time to the minute, in UTC."""
    if not iso:
        return ""
    return f"  {datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _deployed(report: StatusReport) -> str:
    # One without resources, as `dns` where no record is made, is deployed like the others.
    has_ended = {"applied", "changed"}
    return _stacks(sum(1 for each in report.stacks if each.resources or each.state in has_ended))


def _stacks(count: int) -> str:
    return "1 stack" if count == 1 else f"{count} stacks"


def draw_outputs(outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Text]:
    """Yield all outputs by stack."""
    for number, (stack, values) in enumerate(outputs.items()):
        if number:
            yield Text("")
        yield heading(stack)
        shown = {name: value for name, value in values.items() if not name.startswith(PLUMBING)}
        yield from pairs((name, _plain(value)) for name, value in shown.items())


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain(item) for item in value)
    return str(value)
