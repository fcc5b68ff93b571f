"""Groups of options become options of the command."""

from __future__ import annotations

import inspect
from pathlib import Path

from jupyterhub_eks.cli.options import Output, Place, expand


def _command(place: Place, output: Output, extra: int = 3) -> tuple[Place, Output, int]:
    return place, output, extra


def test_a_group_becomes_its_fields() -> None:
    """Typer sees one parameter for each option."""
    assert list(inspect.signature(expand(_command)).parameters) == [
        "local",
        "work_dir",
        "json",
        "extra",
    ]


def test_the_command_gets_its_groups_back() -> None:
    """The values arrive in the group they came from."""
    values = {"local": True, "work_dir": Path("w"), "json": False, "extra": 4}

    assert expand(_command)(**values) == (
        Place(local=True, work_dir=Path("w")),
        Output(json=False),
        4,
    )
