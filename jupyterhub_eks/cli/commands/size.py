"""``jhub size``: machines for a number of users, before there is any configuration."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer
from pydantic_core import PydanticCustomError

from jupyterhub_eks.cli.commands.cost import MOST_USERS
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.sizes import draw_sizing, sizing_document
from jupyterhub_eks.cli.options import Output, Region
from jupyterhub_eks.cli.region_choice import checked_region, settings_here
from jupyterhub_eks.config import amounts
from jupyterhub_eks.config.quantities import written_memory
from jupyterhub_eks.costs.prices import prices_in
from jupyterhub_eks.costs.services import HOURS_PER_MONTH
from jupyterhub_eks.costs.sizing import size_for
from jupyterhub_eks.costs.sizing_model import Need, Sizing
from jupyterhub_eks.errors import PreflightError, UsageError


@dataclass(frozen=True, kw_only=True)
class People:
    """Who comes, and how much."""

    users: Annotated[
        int, typer.Option("--users", metavar="N", min=1, max=MOST_USERS, help="All who may come.")
    ]
    concurrent: Annotated[
        int | None,
        typer.Option(
            "--concurrent",
            metavar="N",
            min=1,
            max=MOST_USERS,
            help="Most of them at the same time; default half, 40 to 60 % is usual.",
        ),
    ] = None
    hours: Annotated[
        float,
        typer.Option(
            "--hours",
            metavar="H",
            min=0,
            max=HOURS_PER_MONTH,
            show_default=False,
            help="Hours of a server that each has a month; default 60.",
        ),
    ] = 60


@dataclass(frozen=True, kw_only=True)
class Server:
    """What a server has."""

    memory: Annotated[
        str, typer.Option("--memory", metavar="AMOUNT", help="Memory of a server, e.g. 4G.")
    ] = "4G"
    cpu: Annotated[
        float,
        typer.Option(
            "--cpu",
            metavar="CORES",
            min=0.01,
            max=1024,
            show_default=False,
            help="Cores that a server is guaranteed; default 1.",
        ),
    ] = 1
    gpu: Annotated[
        int,
        typer.Option(
            "--gpu", metavar="N", min=0, max=16, show_default=False, help="GPUs of a server."
        ),
    ] = 0
    home_gib: Annotated[
        float,
        typer.Option(
            "--home-gib",
            metavar="GIB",
            min=0,
            max=100_000,
            show_default=False,
            help="Size of each home; default 5.",
        ),
    ] = 5


def size(*, people: People, server: Server, output: Output, region: Region = None) -> None:
    """Propose machines for a number of users, with costs and YAML to paste.

    Says when a single machine would be enough, and cheaper than a cluster.
    """
    screen = Screen(as_json=output.json)
    need = _need(people, server)
    settings, whence = settings_here()
    if region is None:
        here = settings.region
        screen.notes(f"region {here} ({whence})")
    else:
        here, notes = checked_region(region)
        screen.notes(*notes)
    if people.concurrent is None:
        screen.notes(f"assumed: half of them at the same time, {need.concurrent}")
    prices = prices_in(here)
    found = size_for(need, prices, datetime.now(UTC).date(), settings)
    _require_machine(found, here)
    screen.notes(*prices.notes)
    screen.result(draw_sizing(found, prices.currency, screen.terminal.width, whence))
    screen.document(sizing_document(found, here, prices.currency))


def _need(people: People, server: Server) -> Need:
    concurrent = people.concurrent or -(-people.users // 2)
    if concurrent > people.users:
        raise UsageError(
            f"{concurrent} at the same time are more than the {people.users} users there are",
            hint=f"write --users {concurrent} or more, or fewer with --concurrent",
        )
    return Need(
        users=people.users,
        concurrent=concurrent,
        memory=_memory(server.memory),
        cpu=server.cpu,
        gpu=server.gpu,
        hours=Decimal(str(people.hours)),
        home_gib=Decimal(str(server.home_gib)),
    )


def _memory(text: str) -> str:
    """Return an amount of memory as ``profiles.yaml`` has it."""
    try:
        amount = amounts.memory(text)
    except PydanticCustomError as error:
        found = error.context or {}
        raise UsageError(
            f"`--memory {text[:40]}` {found.get('why', 'is no amount of memory')}",
            hint=f"write e.g. --memory {found.get('meant') or '4G'}",
        ) from error
    if amount < amounts.LEAST_MEMORY:
        raise UsageError(
            f"`--memory {text[:40]}` is too little for JupyterLab to start",
            hint=f"write --memory {written_memory(amounts.LEAST_MEMORY)} or more",
        )
    return written_memory(amount)


def _require_machine(found: Sizing, region: str) -> None:
    """Refuse where nothing can be proposed.

    Raises:
        UsageError: No machine holds such a server.
        PreflightError: No price or no machine is known.
    """
    if found.proposals:
        return
    if found.largest is None:
        raise PreflightError(
            f"nothing is known of machines in {region} that would do",
            hint="ask AWS with `jhub data refresh`, or name another region",
        )
    if found.unpriced:
        raise PreflightError(
            f"no price is known of machines in {region} that would do",
            hint="ask AWS with `jhub cost --refresh-prices`, or name another region",
        )
    need, largest = found.need, found.largest
    wanted = [f"{need.memory} of memory", f"{need.cpu:g} core{'' if need.cpu == 1 else 's'}"]
    if need.gpu:
        wanted.append(f"{need.gpu} GPU{'' if need.gpu == 1 else 's'}")
    gpus = f", {largest.gpu_count} GPUs" if largest.gpu_count else ""
    raise UsageError(
        f"no machine looked at holds a server with {', '.join(wanted)}",
        cause=f"the largest looked at is {largest.name}: {largest.memory_mib // 1024} GiB, "
        f"{largest.vcpu} cores{gpus}, less what the system takes",
        hint="ask for less",
    )
