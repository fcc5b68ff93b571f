"""``jhub profiles import``: a foreign profile list as our own profiles.yaml."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.commands.profiles_check import ForeignFiles
from jupyterhub_eks.cli.console.imported import draw_imported, draw_losses, imported_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.foreign_import import print_text, refuse_replacing, write_imported
from jupyterhub_eks.cli.options import Output, Region
from jupyterhub_eks.cli.region_choice import checked_region, region_here

STANDARD_OUTPUT = Path("-")


def import_(
    *,
    files: ForeignFiles,
    output: Output,
    region: Region = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="What to write; - prints it.")
    ] = Path("profiles.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write foreign profiles as profiles.yaml; list what is lost.

    Reads what `jhub profiles check` reads. Node pools become pools; where none are given, pools
    are made of the machines that a profile names, or chosen. The result is one that `jhub
    validate` takes.
    """
    from jupyterhub_eks.foreign.importing import import_list  # noqa: PLC0415 - not for the table
    from jupyterhub_eks.foreign.reading import only, read  # noqa: PLC0415 - likewise
    from jupyterhub_eks.instances.catalog import catalog  # noqa: PLC0415 - likewise

    screen = Screen(as_json=output.json)
    prints = out == STANDARD_OUTPUT
    if not prints:
        refuse_replacing(out, files, force=force)
    if region is None:
        where, whence = region_here()
        screen.notes(f"for the region {where} ({whence}); --region takes another")
    else:
        where, notes = checked_region(region)
        screen.notes(*notes)
    imported = import_list(only(read(files)), catalog(), where)
    screen.notes(*catalog().notes)
    if prints:
        screen.info(*draw_losses(imported.losses))
        if not output.json:
            print_text(imported.text)
    else:
        write_imported(out, imported.text, force=force)
        screen.result(draw_losses(imported.losses))
        screen.result(draw_imported(imported, out, where if region is not None else ""))
    screen.document(imported_document(imported, None if prints else out, where))
