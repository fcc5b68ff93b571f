"""Use case ``render``: the values and manifests of all releases in a folder, to look at.

The folder is replaced as a whole or not at all, and only if everything in it was written
by an earlier rendering.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from jupyterhub_eks.errors import RefusedError, StateError
from jupyterhub_eks.orchestration.manifests import manifests_of, values_text
from jupyterhub_eks.releases.model import LocalChart
from jupyterhub_eks.releases.secrecy import secret_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.releases.model import Release

INDEX: Final = "render.json"
SCHEMA_VERSION: Final = 1


class Template(Protocol):
    """Makes the objects of a release."""

    def __call__(self, release: Release, chart: Path, secrets: Iterable[str]) -> str:
        """Return them as YAML documents."""


class Look(Protocol):
    """Looks at the objects of a release."""

    def __call__(self, release: Release, objects: Sequence[Any], /) -> None:
        """Take note of them."""


def _pass(_release: Release, _objects: Sequence[Any]) -> None:
    """Take no note of anything."""


@dataclass(frozen=True, kw_only=True)
class ChartAt:
    """A release's chart: its version, and where it is, or why it is not at hand."""

    version: str
    path: Path | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class RenderedRelease:
    """What was written of a release.

    Attributes:
        release: Its name, and that of its folder.
        namespace: Where Helm would install it.
        chart: Name of its chart.
        version: Version of the chart.
        files: What was written, relative to the output folder.
        objects: How many objects there are; 0 without manifests.
        problem: Why there are no manifests.
    """

    release: str
    namespace: str
    chart: str
    version: str
    files: tuple[str, ...]
    objects: int = 0
    problem: str = ""


def render(
    deployment: str,
    releases: Sequence[Release],
    charts: Mapping[str, ChartAt],
    template: Template | None,
    out: Path,
    look: Look = _pass,
) -> tuple[RenderedRelease, ...]:
    """Write a folder per release with its values and, where its chart is at hand, its objects.

    Args:
        deployment: Name of the deployment.
        releases: What is rendered.
        charts: The chart of each release, by the release's name.
        template: Makes objects; ``None``: there is no Helm.
        out: Folder; new, empty, or written by an earlier rendering.
        look: Is shown the objects of each release, secrets included.

    Raises:
        RefusedError: The folder holds anything else.
        StateError: It cannot be written.
        ToolError: Helm refuses a chart or its values; the former folder is left alone.
    """
    target = out.resolve()  # a link stays one
    check_own(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            done = tuple(
                _write(deployment, each, charts[each.name], template, draft, look)
                for each in releases
            )
            _write_index(draft, deployment, done)
            draft.chmod(0o755)
            _replace(target, draft)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StateError(
            f"cannot write {out}", cause=str(error), hint="make room or choose another folder"
        ) from error
    return done


def check_own(folder: Path) -> None:
    """Refuse a folder that holds anything that rendering did not write.

    Raises:
        RefusedError: It does, or is a file.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise RefusedError(f"{folder} is a file", hint="name a folder")
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    foreign = sorted(found - _own_files(folder))
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise RefusedError(
            f"{folder} holds files that jhub did not write: {', '.join(foreign[:3])}{more}",
            hint="name a new folder, or empty this one yourself",
        )


def _own_files(folder: Path) -> frozenset[str]:
    try:
        made = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        written = [file for each in made["releases"] for file in each["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset({INDEX, *written})


def _write(
    deployment: str,
    release: Release,
    chart: ChartAt,
    template: Template | None,
    draft: Path,
    look: Look,
) -> RenderedRelease:
    head = _head(deployment, release, chart)
    secrets = frozenset(secret_texts(release.values))
    texts = {"values.yaml": head + values_text(release.values, secrets)}
    objects, problem = 0, chart.problem
    if chart.path and template is None:
        problem = "there is no Helm on this machine"
    elif chart.path and template is not None:
        made = manifests_of(template(release, chart.path, secrets), secrets)
        objects = len(made.objects)
        texts["manifests.yaml"] = head + made.text
        look(release, made.objects)
    folder = draft / release.name
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return RenderedRelease(
        release=release.name,
        namespace=release.namespace,
        chart=release.chart.name,
        version=chart.version,
        files=tuple(f"{release.name}/{name}" for name in texts),
        objects=objects,
        problem=problem,
    )


def _head(deployment: str, release: Release, chart: ChartAt) -> str:
    where = "jhub itself" if isinstance(release.chart, LocalChart) else release.chart.repository
    return (
        f"# Release {release.name} of deployment {deployment}, in namespace {release.namespace}:\n"
        f"# chart {release.chart.name} {chart.version} of {where}.\n"
        "# Written by `jhub render` to be read and compared, not to be applied: what only AWS\n"
        "# knows (ids, certificates) stands as a placeholder of zeros, and secrets are masked.\n"
    )


def _write_index(draft: Path, deployment: str, done: Sequence[RenderedRelease]) -> None:
    made: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "deployment": deployment,
        "placeholders": True,
        "releases": [asdict(each) for each in done],
    }
    (draft / INDEX).write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


def _replace(target: Path, draft: Path) -> None:
    if not target.exists():
        draft.rename(target)
        return
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as aside:
        former = target.rename(Path(aside) / "former")
        try:
            draft.rename(target)
        except BaseException:
            former.rename(target)
            raise
