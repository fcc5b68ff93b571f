"""Make ``helm_values/jupyterhub-chart/schema.json`` from the chart of Zero to JupyterHub.

``python -m tests.support.z2jh_schema FOLDER``, with ``values.schema.json``, ``values.yaml``
and ``LICENSE`` of the chart at the tag of ``versions.JUPYTERHUB_CHART``, writes the file and
the licence beside it anew.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from jupyterhub_eks.releases.carried_schema import FILE
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.versions import JUPYTERHUB_CHART

SOURCE: Final = {
    "project": "jupyterhub/zero-to-jupyterhub-k8s",
    "files": "jupyterhub/values.schema.json, jupyterhub/values.yaml",
    "tag": JUPYTERHUB_CHART,
    "commit": "5c5f5df751588a68a7781ead01d0f62e88e2e72f",
    "date": "2026-06-10",
    "licence": "BSD-3-Clause, Copyright (c) 2017, Project Jupyter Contributors",
    "changes": "without descriptions and comments",
}


def contents(folder: Path) -> dict[str, Any]:
    """Return the contents of the file for the chart's files in ``folder``."""
    schema = json.loads((folder / "values.schema.json").read_text(encoding="utf-8"))
    values = YAML(typ="safe", pure=True).load((folder / "values.yaml").read_text(encoding="utf-8"))
    return {
        "chart": "jupyterhub",
        "version": JUPYTERHUB_CHART,
        "source": SOURCE,
        "schema": _without_prose(schema),
        "values": values,
    }


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_prose(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        # Keys of these are names of values, of which one may be called like a keyword.
        key: {name: _without_prose(each) for name, each in value.items()}
        if key in {"properties", "patternProperties"}
        else _without_prose(value)
        for key, value in schema.items()
        if key not in {"description", "title"}
    }


def text_of(made: dict[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    given, target = Path(sys.argv[1]), data_root() / FILE
    target.parent.mkdir(exist_ok=True)
    target.write_text(text_of(contents(given)), encoding="utf-8")
    shutil.copyfile(given / "LICENSE", target.parent / "LICENSE")
