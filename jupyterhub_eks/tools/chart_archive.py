"""Read what a chart says about itself, from its folder or its packaged archive."""

from __future__ import annotations

import json
import tarfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.releases.model import ChartFacts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyterhub_eks.releases.model import RemoteChart

# Far more than any chart has; an archive is not trusted to be small.
_LARGEST_FILE: Final = 16 << 20
_FILES: Final = ("Chart.yaml", "values.yaml", "values.schema.json")


def read_chart(chart: Path) -> ChartFacts:
    """Return name, version, schema and default values of a chart.

    Raises:
        ToolError: It is no chart, or damaged.
    """
    try:
        texts = _of_archive(chart) if chart.is_file() else _of_folder(chart)
        about = _yaml(texts["Chart.yaml"])
        schema = texts.get("values.schema.json")
        return ChartFacts(
            name=str(about["name"]),
            version=str(about["version"]),
            schema=json.loads(schema) if schema is not None else None,
            values=_yaml(texts.get("values.yaml", "")) or {},
            origin=f"the schema in {chart.name}",
        )
    except _DAMAGED as error:
        raise ToolError(
            f"{chart} cannot be read as a chart",
            cause=str(error) or type(error).__name__,
            hint=f"fetch it again: jhub charts pull {chart.parent}",
        ) from error


# What reading an archive that was cut short, or is something else, raises.
_DAMAGED: Final = (
    *(OSError, EOFError, tarfile.TarError, zlib.error),
    *(YAMLError, ValueError, KeyError, TypeError),
)


def _of_folder(folder: Path) -> dict[str, str]:
    found = {name: folder / name for name in _FILES if (folder / name).is_file()}
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def _of_archive(archive: Path) -> dict[str, str]:
    """Return the files of the chart itself, not those of charts inside it."""
    texts: dict[str, str] = {}
    with tarfile.open(archive, mode="r:gz") as packed:
        for member in packed:
            _, _, inner = member.name.partition("/")
            if inner in _FILES and member.isfile() and member.size <= _LARGEST_FILE:
                stream = packed.extractfile(member)
                if stream is not None:
                    texts[inner] = stream.read().decode("utf-8")
    return texts


def _yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def packaged_chart(chart: RemoteChart, folders: Sequence[Path]) -> Path | None:
    """Return the archive of ``chart`` in the first folder that has it.

    Raises:
        ToolError: There is none, but one of another version, which would not serve.
    """
    for folder in folders:
        if (archive := folder / chart.archive).is_file():
            return archive
    for folder in folders:
        if others := _other_versions(chart, folder):
            raise ToolError(
                f"{folder} holds {chart.name} {', '.join(others)}, and {chart.version} is needed",
                cause="values are made for, and checked against, one version of a chart",
                hint=f"fetch it: jhub charts pull {folder}",
            )
    return None


def _other_versions(chart: RemoteChart, folder: Path) -> list[str]:
    names = (path.name.removesuffix(".tgz") for path in sorted(folder.glob(f"{chart.name}-*.tgz")))
    versions = (name.removeprefix(f"{chart.name}-") for name in names)
    return [version for version in versions if version[:1].isdigit()]


def read_packaged(chart: RemoteChart, archive: Path) -> ChartFacts:
    """Return what the archive of ``chart`` says about itself.

    Raises:
        ToolError: It is damaged, or holds another chart than its name says.
    """
    facts = read_chart(archive)
    if (facts.name, facts.version) != (chart.name, chart.version):
        raise ToolError(
            f"{archive} holds chart {facts.name} {facts.version}",
            cause=f"its name says {chart.name} {chart.version}",
            hint=f"remove it, and fetch the chart: jhub charts pull {archive.parent}",
        )
    return facts
