"""Fetch charts into a folder that can be carried to where no repository is reached.

Beside the archives lies ``charts.json`` with the SHA-256 of each, so that a copy of the
folder can be told from a damaged one.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from jupyterhub_eks.errors import StateError, ToolError
from jupyterhub_eks.replacing import replace_file
from jupyterhub_eks.tools.chart_archive import read_packaged
from jupyterhub_eks.tools.charts import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyterhub_eks.releases.model import RemoteChart

    Pull = Callable[[RemoteChart, Path], Path]

INDEX: Final = "charts.json"
SCHEMA_VERSION: Final = 1
_AT_ONCE: Final = 6


@dataclass(frozen=True, kw_only=True)
class ChartEntry:
    """A packaged chart as the index has it.

    Attributes:
        name: Name of the chart.
        version: Its version.
        repository: Where it comes from.
        file: File in the folder.
        sha256: Of that file, in hexadecimal.
    """

    name: str
    version: str
    repository: str
    file: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What became of one chart.

    Attributes:
        chart: Which.
        state: ``kept``: it was there already.
        sha256: Of its archive; empty if it could not be had.
        problem: Why it could not be had, in one line.
        remedy: What to do then.
    """

    chart: RemoteChart
    state: Literal["kept", "fetched", "failed"]
    sha256: str = ""
    problem: str = ""
    remedy: str = ""


def pull_all(
    charts: Sequence[RemoteChart],
    folder: Path,
    source: Callable[[], Pull],
    on_done: Callable[[Pulled], None],
) -> tuple[Pulled, ...]:
    """Bring charts into ``folder``, those that are not there already all at the same time.

    Args:
        charts: What is wanted.
        folder: Made if need be.
        source: Returns what fetches a chart, or raises; asked only if one has to be fetched.
        on_done: Told of each chart as soon as it is known.

    Returns:
        What became of each, in the order of ``charts``.

    Raises:
        StateError: The folder cannot be written.
        ToolError: ``source`` raised it.
    """
    index = read_index(folder)
    done = {chart: _kept(chart, folder, index) for chart in charts}
    results = {chart: pulled for chart, pulled in done.items() if pulled}
    for each in results.values():
        on_done(each)
    open_charts = [chart for chart in charts if chart not in results]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if open_charts:
            for pulled in _fetched(open_charts, folder, source()):
                results[pulled.chart] = pulled
                on_done(pulled)
        _write_index(folder, index, results.values())
    except OSError as error:
        raise StateError(
            f"cannot write charts into {folder}",
            cause=str(error),
            hint="make room, correct its permissions, or choose another folder",
        ) from error
    return tuple(results[chart] for chart in charts)


def _fetched(charts: Sequence[RemoteChart], folder: Path, pull: Pull) -> Iterable[Pulled]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for future in as_completed([pool.submit(_fetch, chart, folder, pull) for chart in charts]):
            yield future.result()


def _fetch(chart: RemoteChart, folder: Path, pull: Pull) -> Pulled:
    try:
        archive = pull(chart, folder)
        read_packaged(chart, archive)
    except ToolError as error:
        problem = " ".join((error.cause or error.message).split())
        return Pulled(chart=chart, state="failed", problem=problem, remedy=error.hint)
    return Pulled(chart=chart, state="fetched", sha256=digest(archive))


def _kept(chart: RemoteChart, folder: Path, index: Mapping[str, ChartEntry]) -> Pulled | None:
    """Return that a chart is there and whole; one that is not is fetched again."""
    archive = folder / chart.archive
    if not archive.is_file():
        return None
    try:
        read_packaged(chart, archive)
    except ToolError:
        return None
    found, entry = digest(archive), index.get(chart.archive)
    if entry is not None and entry.sha256 != found:
        return None
    return Pulled(chart=chart, state="kept", sha256=found)


def read_index(folder: Path) -> dict[str, ChartEntry]:
    """Return the entries of a folder's index by file; none if it has no index that can be read."""
    try:
        made = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        entries = [ChartEntry(**entry) for entry in made["charts"]]
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # it is written anew from the archives
    return {entry.file: entry for entry in entries}


def _write_index(folder: Path, former: Mapping[str, ChartEntry], results: Iterable[Pulled]) -> None:
    entries = {file: entry for file, entry in former.items() if (folder / file).is_file()}
    for pulled in results:
        if pulled.sha256:
            entries[pulled.chart.archive] = _entry(pulled)
    charts = [asdict(entries[file]) for file in sorted(entries)]
    made: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "charts": charts}
    text = json.dumps(made, indent=2) + "\n"
    index = folder / INDEX
    if not index.is_file() or index.read_text(encoding="utf-8") != text:
        replace_file(index, text.encode())
        index.chmod(0o644)  # others may carry the folder


def _entry(pulled: Pulled) -> ChartEntry:
    chart = pulled.chart
    return ChartEntry(
        name=chart.name,
        version=chart.version,
        repository=chart.repository,
        file=chart.archive,
        sha256=pulled.sha256,
    )
