"""Find the charts of releases: packaged in a folder, fetched before, or in their repository.

A chart that was found once is kept beside the deployment, so that a later command
without network or without ``--chart-dir`` does not take it for gone.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.digests import folder_digest
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.releases.model import RemoteChart

_PULL_SECONDS: Final = 120


@dataclass
class ChartLibrary:
    """Where charts are looked for.

    Attributes:
        kept: Folder in which every chart that was found is kept.
        folders: Folders with packaged charts, ``<name>-<version>.tgz``; the first wins.
        pull: Fetches a chart from its repository into a folder, or raises ``ToolError``;
            ``None`` never asks the network.
        missing: Why a chart could not be had, by its file name.
        added: File names of the charts that were put into ``kept`` from ``folders``.
    """

    kept: Path
    folders: tuple[Path, ...] = ()
    pull: Callable[[RemoteChart, Path], Path] | None = None
    missing: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)

    def find(self, chart: RemoteChart) -> Path | None:
        """Return the packaged chart, or ``None``; the reason is then in ``missing``."""
        for folder in self.folders:
            candidate = folder / chart.archive
            if candidate.is_file():
                return self._keep(candidate)
        kept = self.kept / chart.archive
        if kept.is_file():
            return kept
        if chart.archive in self.missing:
            return None
        if self.pull is None:
            self.missing[chart.archive] = "not in a folder given with --chart-dir"
            return None
        try:
            return self.pull(chart, self.kept)
        except ToolError as error:
            self.missing[chart.archive] = error.cause
            return None

    def _keep(self, source: Path) -> Path:
        target = self.kept / source.name
        content = source.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            self.kept.mkdir(parents=True, exist_ok=True)
            replace_file(target, content)
            self.added.append(source.name)
        return target


def puller(helm: Callable[[], Path]) -> Callable[[RemoteChart, Path], Path]:
    """Return what fetches charts with Helm; ``helm`` is found when the first one is."""

    def pull(chart: RemoteChart, folder: Path) -> Path:
        return pull_chart(helm(), chart, folder)

    return pull


def pull_chart(helm: Path, chart: RemoteChart, folder: Path) -> Path:
    """Fetch a packaged chart from its repository.

    Raises:
        ToolError: The repository does not answer, or lacks the version.
    """
    draft = folder / f".{chart.archive}.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    is_oci = chart.repository.startswith("oci://")
    source = f"{chart.repository.rstrip('/')}/{chart.name}" if is_oci else chart.name
    where = () if is_oci else ("--repo", chart.repository)
    try:
        done = subprocess.run(
            [str(helm), "pull", source, *where, "--version", chart.version, "-d", str(draft)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PULL_SECONDS,
        )
        packed = draft / chart.archive
        if done.returncode or not packed.is_file():
            raise _unreachable(chart, (done.stderr or done.stdout).strip())
        return packed.replace(folder / chart.archive)
    except subprocess.TimeoutExpired as error:
        raise _unreachable(chart, f"no answer within {_PULL_SECONDS} s") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unreachable(chart: RemoteChart, cause: str) -> ToolError:
    return ToolError(
        f"chart {chart.name} {chart.version} cannot be fetched from {chart.repository}",
        cause=cause.removeprefix("Error: "),
        hint="let this machine reach the repository, or give a folder that holds "
        f"{chart.archive} with --chart-dir",
    )


def digest(chart: Path) -> str:
    """Return the SHA-256 of a packaged chart, or of all files of a chart's folder."""
    if chart.is_file():
        return hashlib.sha256(chart.read_bytes()).hexdigest()
    return folder_digest(chart)
