"""Ask AWS for facts and prices, show how far that is, and say what could not be had.

::

    with RefreshDisplay(screen) as display:
        done = refresh_data(["us-west-2"], progress=display.told)
    refuse_failures(done)
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.cli.console.moving_line import MovingLine
from jupyterhub_eks.costs.refresh import refresh_prices
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.instances import refusals
from jupyterhub_eks.instances.catalog import cache_folder
from jupyterhub_eks.instances.refresh import Refreshed, refresh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.instances.refresh import Progress, Written
    from jupyterhub_eks.instances.tables import Kind


class Account:
    """The user's AWS account, as readers of facts and prices want it."""

    def client(self, service_name: str, *, region_name: str) -> Any:
        """Return a client with the timeouts and retries that all commands have."""
        return Clients(region_name, {}).get(service_name)


def refresh_data(
    regions: Sequence[str], *, only_prices: bool = False, progress: Progress | None = None
) -> Refreshed:
    """Read facts and prices of regions from AWS into the user's cache.

    Args:
        regions: AWS regions.
        only_prices: Whether types and zones are left as they are.
        progress: Called after each page.
    """
    account, folder, today = Account(), cache_folder(), datetime.now(tz=UTC).date()
    files: list[Written] = []
    failures: list[PreflightError] = []
    for region in regions:
        if not only_prices:
            kinds: tuple[Kind, ...] = ("types", "offers")
            facts = refresh(
                account, [region], folder=folder, today=today, kinds=kinds, progress=progress
            )
            files += facts.files
            failures += facts.failures
            causes = [each.__cause__ for each in facts.failures]
            if any(refusals.ends_all(each) for each in causes):
                break
            if any(refusals.ends_region(each) for each in causes):
                continue
        prices = refresh_prices(account, region, folder=folder, today=today, progress=progress)
        files += prices.files
        failures += prices.failures
        if any(refusals.ends_all(each.__cause__) for each in prices.failures):
            break
    return Refreshed(files=tuple(files), failures=tuple(failures))


def failure_of(done: Refreshed) -> PreflightError | None:
    """Return what could not be read or written as one error; None: all could be."""
    failures = done.failures
    if len(failures) < 2:
        return failures[0] if failures else None
    causes = dict.fromkeys(f"{each.message}: {each.cause}".rstrip(": ") for each in failures)
    hints = dict.fromkeys(each.hint for each in failures if each.hint)
    return PreflightError(
        f"{len(failures)} lists could not be read from AWS",
        cause="\n".join(causes),
        hint="\n".join(hints),
    )


def refuse_failures(done: Refreshed) -> None:
    """End with an error if anything could not be read or written.

    Raises:
        PreflightError: Names each with its cause and remedy.
    """
    if error := failure_of(done):
        raise error


class RefreshDisplay(MovingLine):
    """On a terminal, says what is being read and how much of it there is so far."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen, "asking AWS")

    def told(self, kind: Kind, region: str, count: int) -> None:
        """Show how far the reading is."""
        self.say(f"asking AWS: {count} {kind} of {region}")
