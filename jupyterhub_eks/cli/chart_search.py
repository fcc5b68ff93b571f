"""Where the charts of a deployment's releases are on this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.cli.console.charts import kept_charts
from jupyterhub_eks.local.cluster.crd_chart import write_crd_chart
from jupyterhub_eks.orchestration.carrying import ChartFile
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.charts import ChartLibrary, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.local.cluster.programs import Build


@dataclass(frozen=True)
class Charts:
    """Finds the charts of releases; see ``orchestration.kubernetes``.

    A run asks for each of them many times, and looks once.

    Attributes:
        library: Packaged charts.
        build: Where Karpenter's definitions are, which stand in for its chart of them;
            ``None``: nothing stands in for a chart.
    """

    library: ChartLibrary
    build: Build | None = None
    _known: dict[RemoteChart | Path, ChartFile] = field(default_factory=dict)

    def __call__(self, arguments: Mapping[str, Any], directory: Path) -> ChartFile:
        """Return where the chart of a release is, or that it cannot be reached."""
        wanted: RemoteChart | Path = directory / arguments["chart"]
        if arguments.get("repository"):
            wanted = RemoteChart(
                name=arguments["chart"],
                repository=arguments["repository"],
                version=arguments["version"],
            )
        if wanted not in self._known:
            self._known[wanted] = self._look(wanted)
        return self._known[wanted]

    @property
    def newly_kept(self) -> tuple[str, ...]:
        """A line about charts of the user's folders that later commands will use too."""
        return kept_charts(self.library.added, self.library.kept)

    @property
    def asked_for(self) -> tuple[RemoteChart, ...]:
        """The charts that were looked for in vain or not."""
        return tuple(chart for chart in self._known if isinstance(chart, RemoteChart))

    @property
    def out_of_reach(self) -> tuple[RemoteChart, ...]:
        """The charts that were asked for and not found."""
        return tuple(
            chart
            for chart, file in self._known.items()
            if isinstance(chart, RemoteChart) and not file.path
        )

    @property
    def stood_in(self) -> tuple[RemoteChart, ...]:
        """The charts in whose place one was used that was made here."""
        return tuple(
            chart
            for chart, file in self._known.items()
            if isinstance(chart, RemoteChart) and file.path and Path(file.path).is_dir()
        )

    def _look(self, chart: RemoteChart | Path) -> ChartFile:
        if isinstance(chart, Path):  # named by its content, so it never changes
            return ChartFile(path=str(chart), digest=digest(chart))
        found = self.library.find(chart)
        if found is None and self.build and chart == catalog.KARPENTER_CRDS:
            found = write_crd_chart(self.build, chart, self.library.kept / "stand-ins")
        if found is None:
            return ChartFile(path="", digest="")
        return ChartFile(path=str(found), digest=digest(found))
