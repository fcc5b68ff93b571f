"""The embedded AWS as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from jupyterhub_eks.cli.console.progress import describe_seconds
from jupyterhub_eks.cli.console.summaries import heading, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def draw_local_status(status: LocalStatus) -> Iterator[Text]:
    """Yield process, port, memory and the number of resources by service."""
    if status.aws is None:
        kept = "; it holds state for the next start" if status.has_state else ""
        yield Text.assemble(("not running", "yellow"), kept)
        return
    yield Text.assemble(("running", "green"), f" on {status.aws.endpoint}")
    yield from pairs(
        [
            ("process", str(status.aws.pid)),
            ("port", str(status.aws.port)),
            ("up", describe_seconds(status.uptime_seconds)),
            ("memory", f"{status.resident_mib:.0f} MiB"),
        ]
    )
    filled = {service: count for service, count in status.resources.items() if count}
    yield Text("")
    yield heading(f"{sum(filled.values())} resources" if filled else "no resources")
    yield from pairs((service, f"{count:>4}") for service, count in sorted(filled.items()))
