"""Where the charts of a deployment are on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.charts import PullDisplay
from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.rendering import ChartAt
from jupyterhub_eks.releases.model import LocalChart, RemoteChart
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.chart_archive import packaged_chart, read_chart, read_packaged
from jupyterhub_eks.tools.chart_pulling import pull_all
from jupyterhub_eks.tools.charts import pull_chart
from jupyterhub_eks.tools.helm_binary import find_helm
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.releases.model import Release
    from jupyterhub_eks.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class ChartPlace:
    """A chart and where it is.

    Attributes:
        chart: Which.
        version: Its version.
        path: Its folder or archive; ``None`` if it is not at hand.
        problem: Why it is not.
    """

    chart: RemoteChart | LocalChart
    version: str
    path: Path | None = None
    problem: str = ""


def place_of(
    chart: RemoteChart | LocalChart, given: Sequence[Path], kept: Sequence[Path]
) -> ChartPlace:
    """Return where a chart is.

    Args:
        chart: Which.
        given: Folders that the user names.
        kept: Folders in which earlier commands keep charts.
    """
    if isinstance(chart, LocalChart):
        folder = data_root() / chart.folder
        return ChartPlace(chart=chart, version=read_chart(folder).version, path=folder)
    try:
        archive = packaged_chart(chart, given)
        if archive is None:
            archive = next((each for each in _archives(chart, kept) if each.is_file()), None)
        if archive is not None:
            read_packaged(chart, archive)
    except ToolError as error:
        return ChartPlace(chart=chart, version=chart.version, problem=error.message)
    problem = "" if archive else f"not at hand; it comes from {chart.repository}"
    return ChartPlace(chart=chart, version=chart.version, path=archive, problem=problem)


def empty_folders(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return a warning for each folder that was given with ``--chart-dir`` and has no chart."""
    return tuple(
        f"warning: no packaged chart (*.tgz) is in {short_path(str(folder))}; "
        f"to fetch the charts into it: jhub charts pull {quote(short_path(str(folder)))}"
        for folder in folders
        if not any(folder.glob("*.tgz"))
    )


def _archives(chart: RemoteChart, folders: Iterable[Path]) -> Iterable[Path]:
    return (folder / chart.archive for folder in folders)


def fetched_folder() -> Path:
    """Return where charts are kept that were fetched for no deployment in particular."""
    return cache_dir() / "charts"


def kept_folders(workspace: Workspace) -> tuple[Path, ...]:
    """Return the folders in which charts are kept."""
    return (workspace.charts, fetched_folder())


def remote_charts(releases: Iterable[Release]) -> tuple[RemoteChart, ...]:
    """Return the charts that come from repositories, each once."""
    charts = (release.chart for release in releases)
    return tuple(dict.fromkeys(chart for chart in charts if isinstance(chart, RemoteChart)))


def charts_of(
    releases: Sequence[Release],
    given: Sequence[Path],
    workspace: Workspace,
    screen: Screen | None,
) -> dict[str, ChartAt]:
    """Return the chart of each release by its name.

    Args:
        releases: Whose charts are wanted.
        given: Folders that the user names.
        workspace: The deployment.
        screen: Where to tell that charts are fetched; ``None``: none is.
    """
    kept = kept_folders(workspace)
    places = {each.name: place_of(each.chart, given, kept) for each in releases}
    absent = [place.chart for place in places.values() if place.path is None]
    problems: dict[str, str] = {}
    if screen is not None and (wanted := [c for c in absent if isinstance(c, RemoteChart)]):
        with PullDisplay(screen, len(wanted)) as display:
            pulled = pull_all(wanted, fetched_folder(), helm_source, display.done)
        problems = {each.chart.name: each.problem for each in pulled if each.problem}
        places = {each.name: place_of(each.chart, given, kept) for each in releases}
    return {
        name: ChartAt(
            version=place.version,
            path=place.path,
            problem="" if place.path else problems.get(place.chart.name, place.problem),
        )
        for name, place in places.items()
    }


def helm_source() -> Callable[[RemoteChart, Path], Path]:
    """Return what fetches a chart.

    Raises:
        ToolError: There is no Helm, and none can be brought.
    """
    helm = find_helm(os.environ)
    return lambda chart, folder: pull_chart(helm, chart, folder)
