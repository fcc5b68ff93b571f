"""``jhub schema``: the JSON Schema of a configuration file, for editors."""

from typing import Annotated, Literal

import typer

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.config.schema import json_schema


def schema(
    file: Annotated[Literal["jhub", "profiles"], typer.Argument(help="Of which file.")] = "jhub",
) -> None:
    """Print the JSON Schema of jhub.yaml or profiles.yaml, for editors."""
    Screen(as_json=True).document(json_schema(f"{file}.schema.json"))
