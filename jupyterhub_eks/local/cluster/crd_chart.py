"""Karpenter's resource definitions as a chart, for where its own chart cannot be reached.

The definitions are those of Karpenter's released Go module, which its chart
``karpenter-crd`` holds too; under the same name and version, so the real chart takes over
from this one as an upgrade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.local.cluster.programs import Build
    from jupyterhub_eks.releases.model import RemoteChart


def write_crd_chart(build: Build, chart: RemoteChart, folder: Path) -> Path:
    """Write the chart into ``folder`` and return where it is.

    Raises:
        OSError: It cannot be written.
    """
    home = folder / chart.name
    templates = home / "templates"
    templates.mkdir(parents=True, exist_ok=True)
    description = f"apiVersion: v2\nname: {chart.name}\nversion: {chart.version}\n"
    replace_file(home / "Chart.yaml", description.encode())
    for source in crd_files(build):
        # What Helm would take for an instruction is text here.
        text = source.read_text("utf-8").replace("{{", '{{ "{{" }}')
        replace_file(templates / source.name, text.encode())
    return home
