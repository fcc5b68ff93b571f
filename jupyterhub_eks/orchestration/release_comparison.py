"""Tell what a plan changes in the objects of releases, by rendering their charts.

Nobody is kept from a plan by it: where a chart cannot be rendered, the release says why.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import DeployerError
from jupyterhub_eks.orchestration.carrying import releases_of
from jupyterhub_eks.orchestration.files import read_document
from jupyterhub_eks.orchestration.object_changes import object_changes
from jupyterhub_eks.orchestration.release_details import detail_of, secrets_of_values
from jupyterhub_eks.orchestration.release_plans import releases_in
from jupyterhub_eks.orchestration.secretlike import conceal_text
from jupyterhub_eks.orchestration.yaml_texts import UnreadableError
from jupyterhub_eks.ports import Rendering

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from jupyterhub_eks.orchestration.kubernetes import Kubernetes
    from jupyterhub_eks.orchestration.masking import Secrets
    from jupyterhub_eks.orchestration.object_changes import ObjectChange
    from jupyterhub_eks.orchestration.release_details import ReleaseDetail
    from jupyterhub_eks.orchestration.release_plans import PlannedRelease, ReleaseState
    from jupyterhub_eks.ports import Render

_AT_ONCE: Final = 4


def release_details(
    kubernetes: Kubernetes, plan: Mapping[str, Any], directory: Path
) -> tuple[ReleaseDetail, ...]:
    """Return what a plan does to each release of a stack.

    Args:
        kubernetes: How charts are found and rendered.
        plan: Content of ``terraform show -json``.
        directory: Folder of the synthesized stack.
    """
    releases = list(releases_in(plan))
    if not releases:
        return ()
    sources = dict(releases_of(read_document(directory)))
    with ThreadPoolExecutor(_AT_ONCE, "render") as pool:
        details = pool.map(
            lambda each: _detail(kubernetes, each, sources.get(each.id, {}), directory), releases
        )
        return tuple(details)


def _detail(
    kubernetes: Kubernetes, release: PlannedRelease, source: Mapping[str, Any], directory: Path
) -> ReleaseDetail:
    detail = detail_of(release, tuple(source.get("values") or ()))
    if release.action != "upgrade" or kubernetes.render is None:
        return detail
    if not (release.before and release.after):
        return detail  # only how it is reached changes
    reason = _why_not(release)
    if reason:
        return replace(detail, note=reason)
    try:
        secrets = secrets_of_values(release)
        try:
            objects = _Renderer(kubernetes, release, source, directory).objects(secrets)
        except DeployerError as error:
            return replace(detail, note=_told(error, secrets))
        return replace(detail, objects=objects)
    except UnreadableError as error:
        return replace(detail, note=f"it cannot be read as YAML: {error}")


def _told(error: DeployerError, secrets: Secrets) -> str:
    """Return an error in one line; what Helm says may quote the values."""
    cause = conceal_text(" ".join(error.cause.split()), secrets)
    return f"{error.message}: {getattr(cause, 'shown', cause)}" if error.cause else error.message


def _why_not(release: PlannedRelease) -> str:
    """Return why what would be rendered could not be told; empty: it can."""
    if release.sensitive:
        return "the values are sensitive as a whole"
    if release.after and release.after.values is None:
        return "some values are known after apply"
    return ""


class _Renderer:
    """Renders one release as it is and as it will be."""

    def __init__(
        self,
        kubernetes: Kubernetes,
        release: PlannedRelease,
        source: Mapping[str, Any],
        directory: Path,
    ) -> None:
        self._kubernetes = kubernetes
        self._release = release
        self._source = source
        self._directory = directory

    def objects(self, secrets: Secrets) -> tuple[ObjectChange, ...]:
        """Return what changes in the objects.

        Raises:
            DeployerError: A chart cannot be rendered.
            UnreadableError: It is rendered into something else than YAML.
        """
        release, render = self._release, self._kubernetes.render
        if release.before is None or release.after is None or render is None:
            return ()
        path = self._path_after()
        new = self._rendering(release.after, path)
        is_same = (release.before.chart, release.before.version, release.before.digest) == (
            release.after.chart,
            release.after.version,
            release.after.digest,
        )
        old = self._rendering(release.before, path if is_same else "")
        before, after, again = _all(render, old, new, new)
        return object_changes(before, after, again, namespace=release.namespace, secrets=secrets)

    def _path_after(self) -> str:
        """Return where the chart is that will be installed; empty: the renderer looks."""
        if self._kubernetes.chart_of is None:
            return ""
        return self._kubernetes.chart_of(self._source, self._directory).path

    def _rendering(self, state: ReleaseState, path: str) -> Rendering:
        return Rendering(
            name=self._release.name,
            namespace=self._release.namespace,
            chart=state.chart,
            version=state.version,
            digest=state.digest,
            values=state.values or (),
            directory=self._directory,
            path=path,
        )


def _all(render: Render, *wanted: Rendering) -> list[str]:
    with ThreadPoolExecutor(len(wanted), "render") as pool:
        return list(pool.map(render, wanted))
