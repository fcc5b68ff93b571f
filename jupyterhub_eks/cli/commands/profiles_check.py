"""``jhub profiles check``: whether servers of a foreign profile list can start."""

from pathlib import Path
from typing import Annotated

import typer

from jupyterhub_eks.cli.console.foreign import draw_reports, reports_document
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Output, Region
from jupyterhub_eks.cli.region_choice import checked_region
from jupyterhub_eks.errors import EXIT_OK, ConfigError

ForeignFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        show_default=False,
        help="Chart values or a profile list, node pools, device plugin values; - is stdin.",
    ),
]


def check(*, files: ForeignFiles, output: Output, region: Region = None) -> int:
    """Say where each foreign profile starts, or why it never can.

    Reads values of the JupyterHub chart or bare profileLists, and beside them Karpenter's objects
    and values of NVIDIA's device plugin: YAML, also several documents in a file, or JSON. Asks
    neither AWS nor a cluster. Ends with 3 when a profile never starts, or not as it says.
    """
    from jupyterhub_eks.foreign.checking import check as judge  # noqa: PLC0415 - not for the table
    from jupyterhub_eks.foreign.reading import import_of_one, read  # noqa: PLC0415 - likewise
    from jupyterhub_eks.instances.catalog import catalog  # noqa: PLC0415 - likewise

    screen = Screen(as_json=output.json)
    where, notes = checked_region(region) if region is not None else ("", ())
    screen.notes(*notes)
    lists = read(files)
    reports = [judge(each, catalog(), where) for each in lists]
    screen.notes(*catalog().notes)
    screen.result(draw_reports(reports, screen.terminal.glyphs, import_of_one(lists)))
    failed = any(report.has_errors for report in reports)
    code = ConfigError.exit_code if failed else EXIT_OK
    screen.document(reports_document(reports) | {"exit_code": code})
    return code
