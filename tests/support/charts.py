"""Packaged charts made without Helm."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.releases.model import RemoteChart


def pack(
    folder: Path,
    chart: RemoteChart,
    files: Mapping[str, str] | None = None,
    *,
    inner: Mapping[str, str] | None = None,
) -> Path:
    """Write the archive of a chart into ``folder`` and return it."""
    about = f"apiVersion: v2\nname: {chart.name}\nversion: {chart.version}\n"
    archive = folder / chart.archive
    with tarfile.open(archive, "w:gz") as packed:
        for name, text in {"Chart.yaml": about, **(inner or {}), **(files or {})}.items():
            member = tarfile.TarInfo(f"{chart.name}/{name}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return archive
