"""Helm charts as text and as JSON: where they are, and how far their fetching is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.moving_line import MovingLine
from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.model import LocalChart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.cli.chart_places import ChartPlace
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.orchestration.rendering import RenderedRelease
    from jupyterhub_eks.releases.model import Release
    from jupyterhub_eks.tools.chart_pulling import Pulled

_STYLES = {"kept": "dim", "fetched": "green", "failed": "red"}
_WORDS = {"kept": "there already", "fetched": "fetched", "failed": "failed"}


class PullDisplay(MovingLine):
    """Says of each chart what became of it, and on a terminal how many are still open."""

    def __init__(self, screen: Screen, total: int) -> None:
        super().__init__(screen, _count(0, total))
        self._total = total
        self._known = 0

    def done(self, pulled: Pulled) -> None:
        """Write the line of a chart."""
        self._known += 1
        self._screen.info(draw_pulled(pulled))
        self.say(_count(self._known, self._total))


def _count(known: int, total: int) -> str:
    return f"charts: {known} of {total}"


def draw_pulled(pulled: Pulled) -> Text:
    """Return the line of a chart; why one failed is said once, at the end."""
    return Text.assemble(
        (f"{_WORDS[pulled.state]:<13} ", _STYLES[pulled.state]), pulled.chart.archive
    )


def kept_charts(added: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Return a line about charts that later commands will use too; none where there is none."""
    if not added:
        return ()
    names = ", ".join(sorted(name.removesuffix(".tgz") for name in added))
    return (f"kept for later commands in {short_path(str(folder))}: {names}",)


def refuse_incomplete(pulled: Sequence[Pulled], folder: Path) -> None:
    """End with an error if a chart could not be had.

    Raises:
        ToolError: Names each with its cause and remedy.
    """
    failed = [each for each in pulled if each.state == "failed"]
    if not failed:
        return
    causes = "\n".join(f"{each.chart.name} {each.chart.version}: {each.problem}" for each in failed)
    hosts = sorted({each.chart.repository.split("/")[2] for each in failed})
    raise ToolError(
        f"{len(failed)} of {len(pulled)} charts could not be fetched into {folder}",
        cause=causes,
        hint=f"let this machine reach {', '.join(hosts)} and run the same command again, or "
        "bring the folder from a machine that does; what was fetched is kept",
    )


def draw_charts(rows: Sequence[tuple[Release, ChartPlace]]) -> Iterator[Text]:
    """Yield a line per release: chart, version, place; for a missing one why."""
    names = max(len(release.name) for release, _ in rows)
    charts = max(len(_chart(place)) for _, place in rows)
    for release, place in rows:
        line = Text.assemble((f"{release.name:<{names}}  ", "bold"), f"{_chart(place):<{charts}}  ")
        yield line.append(_where(place), "dim" if place.path else "yellow")


def _chart(place: ChartPlace) -> str:
    return f"{place.chart.name} {place.version}"


def _where(place: ChartPlace) -> str:
    if isinstance(place.chart, LocalChart):
        return "of jhub itself"
    return short_path(str(place.path)) if place.path else place.problem


def charts_document(rows: Sequence[tuple[Release, ChartPlace]]) -> dict[str, Any]:
    """Return the same for ``--json``; the path of a chart that is not at hand is null."""
    return {
        "releases": [
            {
                "release": release.name,
                "namespace": release.namespace,
                "chart": place.chart.name,
                "version": place.version,
                "repository": getattr(place.chart, "repository", None),
                "path": place.path,
                "problem": place.problem,
            }
            for release, place in rows
        ]
    }


def pulled_document(pulled: Sequence[Pulled], folder: Path) -> dict[str, Any]:
    """Return what was fetched for ``--json``."""
    return {
        "directory": folder,
        "charts": [
            {
                "name": each.chart.name,
                "version": each.chart.version,
                "file": each.chart.archive,
                "sha256": each.sha256,
                "state": each.state,
            }
            for each in pulled
        ],
    }


def draw_rendered(done: Sequence[RenderedRelease], folder: Path) -> Iterator[Text]:
    """Yield a line per release: its chart, and how many objects or why none."""
    names = max(len(each.release) for each in done)
    charts = max(len(f"{each.chart} {each.version}") for each in done)
    for each in done:
        chart = f"{each.chart} {each.version}"
        line = Text.assemble((f"{each.release:<{names}}  ", "bold"), f"{chart:<{charts}}  ")
        if each.problem:
            yield line.append(f"values only: {each.problem}", "yellow")
        else:
            yield line.append(f"{each.objects} object{'s' if each.objects != 1 else ''}", "green")
    yield Text("")
    yield Text(f"written to {short_path(str(folder))}")
    yield Text(
        "what only AWS knows is a placeholder there, and secrets are masked: nothing to apply",
        "dim",
    )
