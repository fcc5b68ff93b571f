"""Hold the objects of all releases against the OpenAPI of Kubernetes, before any API call."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.cli.chart_places import charts_of
from jupyterhub_eks.cli.console.objects import draw_unheld
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.manifests import objects_of
from jupyterhub_eks.releases.object_checking import ObjectCheck
from jupyterhub_eks.releases.openapi import read_definitions
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.releases.secrecy import secret_texts
from jupyterhub_eks.tools.helm_binary import bring_helm, find_helm, refuse_to_bring
from jupyterhub_eks.tools.helm_template import HelmTemplate
from jupyterhub_eks.tools.layer import can_bring
from jupyterhub_eks.tools.openapi_schemas import SchemaStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.releases.model import Release

_AT_ONCE: Final = 4


def object_check(screen: Screen, project: Project, *, fetch: bool) -> ObjectCheck:
    """Return the check for the Kubernetes version of a project.

    Args:
        screen: Where to tell that it is fetched.
        project: The deployment.
        fetch: Whether its OpenAPI is brought where it is not at hand.

    Raises:
        ToolError: It cannot be had.
    """
    minor = project.require().settings.cluster.version
    store = SchemaStore(tell=screen.notes)
    return ObjectCheck(
        read_definitions(minor, store.bring(minor) if fetch else store.at_hand(minor))
    )


def refuse_faulty(project: Project, check: ObjectCheck) -> None:
    """Report what was found.

    Raises:
        ConfigError: Anything was.
    """
    if project.loaded:
        settings = project.loaded.deployment.settings
        project.loaded.refuse(check.findings(settings.hub_values))


def hold_objects(
    screen: Screen, project: Project, chart_dirs: Sequence[Path], *, brings_helm: bool = False
) -> None:
    """Refuse a deployment that Kubernetes would refuse later, as far as that is seen here.

    No charts are fetched for it. What is not seen is told in one line.

    Args:
        screen: Where that is told.
        project: The deployment.
        chart_dirs: Folders with packaged charts.
        brings_helm: Whether the run brings Helm where there is none, which is done now then.

    Raises:
        ConfigError: Kubernetes would refuse an object.
    """
    minor = project.require().settings.cluster.version
    try:
        helm = _helm(screen, brings=brings_helm)
        definitions = read_definitions(
            minor, SchemaStore(tell=screen.notes).bring_unless_refused(minor)
        )
    except ToolError as error:
        screen.notes(f"objects are not held against Kubernetes {minor}: {error.message}")
        return
    check = ObjectCheck(definitions)
    _look_at_all(project, check, HelmTemplate(helm=helm, kubernetes=minor), chart_dirs)
    refuse_faulty(project, check)
    if check.unmade:
        screen.notes(draw_unheld(check))


def _helm(screen: Screen, *, brings: bool) -> Path:
    """Return Helm.

    Raises:
        ToolError: There is none, and it is not to be brought, or cannot be.
    """

    def bring() -> Path:
        if brings and can_bring():
            screen.notes("fetching Helm, once")
            return bring_helm()
        if can_bring():
            raise ToolError(f"there is no Helm yet; {as_typed('jhub render --check')} brings it")
        return refuse_to_bring()

    return find_helm(os.environ, bring=bring)


def _look_at_all(
    project: Project, check: ObjectCheck, template: HelmTemplate, chart_dirs: Sequence[Path]
) -> None:
    releases = all_releases(project.require())
    charts = charts_of(releases, chart_dirs, project.workspace, None)

    def objects(release: Release) -> tuple[Any, ...] | str:
        chart = charts[release.name]
        if chart.path is None:
            return "chart not at hand"
        secrets = frozenset(secret_texts(release.values))
        try:
            return objects_of(template(release, chart.path, secrets))
        except ToolError as error:
            return f"{error.message}: {error.cause}"

    with ThreadPoolExecutor(_AT_ONCE, "render") as pool:
        made = list(pool.map(objects, releases))
    for release, each in zip(releases, made, strict=True):
        if isinstance(each, str):
            check.unmade[release.name] = each
        else:
            check.look(release, each)
