"""The embedded AWS as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import heading, pairs
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.cli.console.progress import describe_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.cli.local_runs import Holding
    from jupyterhub_eks.local.supervisor import LocalAws, LocalStatus


def draw_running(aws: LocalAws) -> Iterator[Text]:
    """Yield where the embedded AWS listens and how a shell is pointed at it."""
    yield Text.assemble(("running", "green"), f" on {aws.endpoint} (process {aws.pid})")
    yield Text("")
    yield heading("To use it from a shell")
    wanted = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    for name in wanted:
        if name in aws.env:
            yield Text(f"  export {name}={aws.env[name]}")


def draw_local_status(status: LocalStatus, held: Sequence[Holding]) -> Iterator[Text]:
    """Yield process, memory, and what is held by deployment and by service."""
    if status.aws is None:
        yield _not_running(status, held)
        return
    yield Text.assemble(("running", "green"), f" on {status.aws.endpoint}")
    yield from pairs(
        [
            ("process", str(status.aws.pid)),
            ("up", describe_seconds(status.uptime_seconds)),
            ("memory", f"{status.resident_mib:.0f} MiB"),
            ("holds", describe_holdings(held)),
        ]
    )
    yield from _draw_services(status, sum(each.resources or 0 for each in held))


def _not_running(status: LocalStatus, held: Sequence[Holding]) -> Text:
    if status.silent_pid is not None:
        return Text.assemble(
            ("not answering", "yellow"),
            f": process {status.silent_pid}; "
            f"{this_program()} local stop ends it and keeps its state",
        )
    return Text.assemble(("not running", "yellow"), f"; {describe_state(held)}")


def _draw_services(status: LocalStatus, by_terraform: int) -> Iterator[Text]:
    filled = {service: count for service, count in status.resources.items() if count}
    total = sum(filled.values())
    if not total:
        return
    yield Text("")
    yield heading(f"{total} resources by service")
    yield from pairs((service, f"{count:>4}") for service, count in sorted(filled.items()))
    if by_terraform > total:
        yield Text(
            f"  Terraform's {by_terraform} include each attachment, route, rule and release.",
            "dim",
        )


def describe_state(held: Sequence[Holding]) -> str:
    """Return what stays for the next start."""
    what = describe_holdings(held)
    return f"it holds {what} for the next start" if held else f"it holds {what}"


def describe_holdings(held: Sequence[Holding]) -> str:
    """Return the deployments with their numbers of resources, as Terraform counts."""
    return ", ".join(_describe(each) for each in held) or "no deployment"


def _describe(holding: Holding) -> str:
    if holding.resources is None:
        return f"{holding.deployment} (its record cannot be read)"
    parts = []
    if holding.resources:
        parts.append(f"{holding.resources} resource{'s' if holding.resources > 1 else ''}")
    if holding.kept:
        parts.append(f"{holding.kept} kept by the last destroy")
    return f"{holding.deployment} ({', '.join(parts) or 'nothing yet'})"
