"""``jhub data``: what is known of EC2's machines, and how to know more."""

from typing import Annotated

import typer

from jupyterhub_eks.cli.console.data import (
    draw_holdings,
    draw_refreshed,
    holdings_document,
    refreshed_document,
)
from jupyterhub_eks.cli.console.errors import error_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.data_refresh import RefreshDisplay, failure_of, refresh_data
from jupyterhub_eks.cli.options import Output
from jupyterhub_eks.cli.region_choice import checked_region, region_here
from jupyterhub_eks.costs.prices import DATA as PRICES
from jupyterhub_eks.errors import EXIT_OK
from jupyterhub_eks.instances.catalog import DATA, cache_folder
from jupyterhub_eks.instances.holdings import holdings
from jupyterhub_eks.instances.tables import OF_MACHINES

Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region", metavar="REGION", help="AWS region; repeatable; default that of jhub.yaml."
    ),
]


def refresh(
    *,
    output: Output,
    region: Regions = None,
    prices: Annotated[bool, typer.Option("--prices", help="Only the prices.")] = False,
) -> int:
    """Ask AWS for instance types, their zones, and prices.

    The prices are those of machines and of services.
    Needs ec2:DescribeInstanceTypes, ec2:DescribeInstanceTypeOfferings and pricing:GetProducts.
    What cannot be read stays as it was; then it ends with 4.
    """
    screen = Screen(as_json=output.json)
    regions = _regions(screen, region)
    with RefreshDisplay(screen) as display:
        done = refresh_data(regions, only_prices=prices, progress=display.told)
    screen.result(draw_refreshed(done, cache_folder()))
    error = failure_of(done)
    document = refreshed_document(done, cache_folder())
    if error is None:
        screen.document(document)
        return EXIT_OK
    if output.json:
        screen.document(document | error_document(error))
    else:
        screen.error(error)
    return error.exit_code


def show(
    *,
    output: Output,
    region: Regions = None,
    all_regions: Annotated[bool, typer.Option("--all", help="All regions.")] = False,
) -> None:
    """Show where facts and prices are from, and how old they are.

    It also says which file is used.
    With --json all regions are listed.
    """
    screen = Screen(as_json=output.json)
    every = (
        *holdings(DATA, cache_folder(), OF_MACHINES),
        *holdings(PRICES, cache_folder(), ("services",)),
    )
    regions = None if all_regions else _regions(screen, region)
    screen.result(draw_holdings(every, regions, screen.terminal.width, cache_folder()))
    screen.document(holdings_document(every, cache_folder()))


def _regions(screen: Screen, given: list[str] | None) -> tuple[str, ...]:
    if not given:
        found, whence = region_here()
        screen.notes(f"region {found} ({whence})")
        return (found,)
    regions = []
    for each in dict.fromkeys(given):
        found, notes = checked_region(each)
        screen.notes(*notes)
        regions.append(found)
    return tuple(dict.fromkeys(regions))


ABOUT = "Show what is known of EC2's machines and prices, or ask AWS anew."
COMMANDS = (refresh, show)
