"""``jhub init``: write the two files to start from."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Auth, Domain, Name, Output, Region
from jupyterhub_eks.cli.starting import complete, draw_written, refuse_existing, write_files


def init(  # noqa: PLR0913 - each parameter is an option
    *,
    output: Output,
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the two files.")
    ] = Path(),
    name: Name = None,
    region: Region = None,
    auth: Auth = None,
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
        "access.domain": domain,
        "auth.admins": tuple(admin) if admin else None,
        "cluster.public_access_cidrs": tuple(api_cidr) if api_cidr else None,
    }
    replaced = refuse_existing(directory, force=force)
    given = {key: value for key, value in flags.items() if value is not None}
    answers = complete(screen, given)
    written = write_files(directory, answers)
    screen.result(draw_written(written, replaced))
    screen.document({"files": written})
