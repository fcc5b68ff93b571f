"""Ask AWS what things cost in a region, for ``jhub cost --refresh-prices``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.data_refresh import Account, RefreshDisplay, refuse_failures
from jupyterhub_eks.costs.prices import prices_in
from jupyterhub_eks.costs.refresh import refresh_prices as refresh
from jupyterhub_eks.instances.catalog import cache_folder, catalog

if TYPE_CHECKING:
    from jupyterhub_eks.cli.console.screen import Screen


def refresh_prices(screen: Screen, region: str) -> None:
    """Read prices of machines and services from AWS into the user's cache, and say what is new.

    Raises:
        PreflightError: Not all of them could be read; what could be is kept.
    """
    with RefreshDisplay(screen) as display:
        today = datetime.now(UTC).date()
        done = refresh(Account(), region, folder=cache_folder(), today=today, progress=display.told)
    screen.notes(*(f"new prices: {path}" for path in done.written))
    refuse_failures(done)
    # What was read before is of yesterday.
    catalog.cache_clear()
    prices_in.cache_clear()
