"""``jhub cost``: what a deployment costs, before it exists."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import typer

from jupyterhub_eks.cli.checks import PLACEMENT
from jupyterhub_eks.cli.console.cost_documents import costs_document
from jupyterhub_eks.cli.console.costs import draw_costs
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.costing import estimate_today
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve, without_settings
from jupyterhub_eks.costs.floor import Assumptions
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.costs.usage import Demand
from jupyterhub_eks.errors import UsageError

MOST_USERS = 1_000_000
MOST_GIB = 10_000_000


StorageGib = Annotated[
    float,
    typer.Option(
        "--storage-gib",
        metavar="GIB",
        min=0,
        max=MOST_GIB,
        show_default=False,
        help="Files on EFS besides the homes; default 50.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Month:
    """How a hub is used in a month."""

    users: Annotated[
        int | None,
        typer.Option(
            "--users", metavar="N", min=0, max=MOST_USERS, help="Add a month of this many users."
        ),
    ] = None
    hours: Annotated[
        float | None,
        typer.Option(
            "--hours",
            metavar="H",
            min=0,
            max=HOURS_PER_MONTH,
            help="Hours of a server that each has a month; default 60.",
        ),
    ] = None
    home_gib: Annotated[
        float | None,
        typer.Option(
            "--home-gib", metavar="GIB", min=0, max=100_000, help="Size of each home; default 5."
        ),
    ] = None

    def demand(self) -> Demand | None:
        """Return the same in exact numbers; None: no month was asked for.

        Raises:
            UsageError: Hours or homes of nobody.
        """
        if self.users is not None:
            return Demand(
                users=self.users,
                hours=_exact(60 if self.hours is None else self.hours),
                home_gib=_exact(5 if self.home_gib is None else self.home_gib),
            )
        if self.hours is None and self.home_gib is None:
            return None
        raise UsageError(
            "--hours and --home-gib are about each user of a month, and there are none",
            hint="say how many: jhub cost --users 40 --hours 60",
        )


def cost(
    *,
    sources: Sources,
    place: Place,
    output: Output,
    month: Month,
    storage_gib: StorageGib = 50,
    refresh_prices: Annotated[
        bool, typer.Option("--refresh-prices", help="Ask AWS for the region's prices first.")
    ] = False,
) -> None:
    """Show the idle floor, what servers cost, the worst case, and a month of many users."""
    demand = month.demand()
    screen = Screen(as_json=output.json)
    resolved = resolve(sources, work_dir(place), target_of(place))
    screen.notes(*filter(None, [without_settings(resolved)]))
    deployment = load_config(resolved, (PLACEMENT,)).deployment
    region = deployment.settings.region
    if refresh_prices:
        from jupyterhub_eks.cli.price_refresh import refresh_prices as ask_aws  # noqa: PLC0415

        ask_aws(screen, region)
    assumed = Assumptions(storage_gib=_exact(storage_gib))
    found = estimate_today(deployment, assumed=assumed, demand=demand)
    screen.notes(*found.notes)
    screen.result(draw_costs(found, screen.terminal.width))
    screen.document(costs_document(found))


def _exact(number: float) -> Decimal:
    return Decimal(str(number))
