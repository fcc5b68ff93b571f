"""Render the charts of releases with ``helm template``, for plans.

Nothing is fetched for it: neither Helm nor a chart. A chart is the one that is told, one
of the stack's own, or one that is kept; of another content than was installed it would
tell changes that nobody makes.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.carrier import nameless_files
from jupyterhub_eks.tools.charts import ChartLibrary, digest
from jupyterhub_eks.tools.helm_binary import find_helm, refuse_to_bring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.ports import Rendering

_SECONDS: Final = 60
_LONGEST_CAUSE: Final = 400


def helm_at_hand(environ: Mapping[str, str] | None = None) -> Path:
    """Return the Helm of this machine, without bringing one.

    Raises:
        ToolError: There is none, or one that is too old.
    """
    return find_helm(environ, bring=refuse_to_bring)


@dataclass(frozen=True)
class ChartRenderer:
    """Renders charts; may be used by several threads.

    Attributes:
        kept: Folder in which charts are kept by version.
        folders: Folders with packaged charts.
        helm: Finds Helm, or raises ``ToolError``.
        added: File names of the charts that were put into ``kept`` from ``folders``.
    """

    kept: Path
    folders: tuple[Path, ...] = ()
    helm: Callable[[], Path] = helm_at_hand
    added: list[str] = field(default_factory=list)

    def __call__(self, wanted: Rendering) -> str:
        """Return the manifest of a release.

        Raises:
            ToolError: Helm or the chart is not at hand, or the chart refuses the values.
        """
        chart = self._chart(wanted)
        helm = self.helm()
        try:
            with nameless_files(wanted.values) as descriptors:
                return _template(helm, chart, wanted, descriptors)
        except OSError as error:
            raise ToolError("Helm cannot be run", cause=str(error)) from error

    def _chart(self, wanted: Rendering) -> Path:
        chart = self._find(wanted)
        if chart is None:
            raise ToolError(f"chart {wanted.label} is not at hand")
        if wanted.digest and digest(chart) != wanted.digest:
            raise ToolError(f"chart {wanted.label} is not at hand with the content installed")
        return chart

    def _find(self, wanted: Rendering) -> Path | None:
        if wanted.path:
            return Path(wanted.path)
        if wanted.chart.startswith("./"):
            folder = wanted.directory / wanted.chart
            return folder if folder.is_dir() else None
        chart = RemoteChart(name=wanted.chart, repository="", version=wanted.version)
        return ChartLibrary(kept=self.kept, folders=self.folders, added=self.added).find(chart)


def _template(helm: Path, chart: Path, wanted: Rendering, descriptors: tuple[int, ...]) -> str:
    files = [part for each in descriptors for part in ("-f", f"/dev/fd/{each}")]
    try:
        done = subprocess.run(
            [
                *(str(helm), "template", wanted.name, str(chart), "-n", wanted.namespace),
                *("--is-upgrade", "--skip-tests", *files),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "KUBECONFIG": os.devnull},
            pass_fds=descriptors,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"Helm did not render {wanted.label} within {_SECONDS} s") from error
    if done.returncode:
        raise ToolError(
            f"Helm could not render {wanted.label} with these values",
            cause=done.stderr.strip().removeprefix("Error: ")[:_LONGEST_CAUSE],
        )
    return done.stdout
