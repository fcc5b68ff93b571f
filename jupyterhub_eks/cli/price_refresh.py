"""Ask AWS what things cost in a region, for ``jhub cost --refresh-prices``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyterhub_eks.cli.console.screen import Screen


def refresh_prices(screen: Screen, region: str) -> None:
    """Read prices of machines and services from AWS into the user's cache, and say what is new.

    Raises:
        PreflightError: Nothing could be read.
    """
    import boto3  # noqa: PLC0415 - slow to load, and for this alone

    from jupyterhub_eks.costs.prices import prices_in  # noqa: PLC0415 - with the above
    from jupyterhub_eks.costs.refresh import refresh_prices as refresh  # noqa: PLC0415
    from jupyterhub_eks.instances.catalog import cache_folder, catalog  # noqa: PLC0415

    status = screen.status(f"asking AWS for the prices of {region}")
    if status:
        status.start()
    try:
        report = refresh(
            boto3.Session(), region, folder=cache_folder(), today=datetime.now(UTC).date()
        )
    finally:
        if status:
            status.stop()
    if not report.written:
        raise report.failures[0]
    # What was read before is of yesterday.
    catalog.cache_clear()
    prices_in.cache_clear()
    screen.notes(*(f"new prices: {path}" for path in report.written))
    for error in report.failures:
        screen.notes(f"{error.message}: {error.cause}; {error.hint}")
