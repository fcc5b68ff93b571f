"""The schema of the JupyterHub chart that comes with the package, for when the chart does not.

Made of the chart's own files; see ``helm_values/README.md``. It says nothing about any
other version of the chart.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.releases.model import ChartFacts
from jupyterhub_eks.resources import read_text

if TYPE_CHECKING:
    from jupyterhub_eks.releases.model import RemoteChart

FILE: Final = "helm_values/jupyterhub-chart/schema.json"


def carried_facts(chart: RemoteChart) -> ChartFacts | None:
    """Return schema and default values of ``chart``, or ``None`` for another chart or version."""
    made = json.loads(read_text(FILE))
    if (made["chart"], made["version"]) != (chart.name, chart.version):
        return None
    return ChartFacts(
        name=made["chart"],
        version=made["version"],
        schema=made["schema"],
        values=made["values"],
        origin="the schema that comes with jhub",
    )
