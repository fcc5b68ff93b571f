"""``jhub init``: write the two files to start from."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.errors import problem_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Auth, Domain, Name, Output, Region
from jupyterhub_eks.cli.starting import (
    complete,
    draw_written,
    refuse_existing,
    still_open,
    write_files,
)


def init(  # noqa: PLR0913 - each parameter is an option
    *,
    output: Output,
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the two files.")
    ] = Path(),
    name: Name = None,
    region: Region = None,
    auth: Auth = None,
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="NAME", help="Provider of oauth, e.g. github."),
    ] = None,
    issuer: Annotated[
        str | None,
        typer.Option("--issuer", metavar="URL", help="Issuer of the provider, if it needs one."),
    ] = None,
    client_id: Annotated[
        str | None,
        typer.Option("--client-id", metavar="ID", help="Client id that the provider issued."),
    ] = None,
    domain: Domain = None,
    admin: Annotated[
        list[str] | None,
        typer.Option("--admin", metavar="USER", help="Administrator of the hub; repeatable."),
    ] = None,
    api_cidr: Annotated[
        list[str] | None,
        typer.Option(
            "--api-cidr", metavar="CIDR", help="Network that may reach the cluster; repeatable."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Write jhub.yaml and profiles.yaml to start from; asks on a terminal."""
    screen = Screen(as_json=output.json)
    flags = {
        "name": name,
        "region": region,
        "auth.type": auth,
        "auth.provider": provider,
        "auth.issuer": issuer,
        "auth.client_id": client_id,
        "access.domain": domain,
        "auth.admins": tuple(admin) if admin else None,
        "cluster.public_access_cidrs": tuple(api_cidr) if api_cidr else None,
    }
    replaced = refuse_existing(directory, force=force)
    given = {key: value for key, value in flags.items() if value is not None}
    answers = complete(screen, given)
    written = write_files(directory, answers)
    left = still_open(written)
    screen.result(draw_written(written, replaced, left))
    screen.document({"files": written, "open": [problem_document(each) for each in left]})
