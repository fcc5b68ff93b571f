"""What is done for the stacks of a deploy that no Kubernetes is there for: they are rendered."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.chart_places import charts_of
from jupyterhub_eks.errors import DeployerError, ToolError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.orchestration.rendering import render
from jupyterhub_eks.placement.told import told_of
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.tools.helm_binary import find_helm
from jupyterhub_eks.tools.helm_template import HelmTemplate

if TYPE_CHECKING:
    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.rendering import RenderedRelease


def render_unapplied(screen: Screen, project: Project) -> tuple[RenderedRelease, ...]:
    """Write the manifests of every release into the work folder.

    Their values have been held against the schemas before the deploy began. What cannot be
    written is told and fails nothing: the deploy is done.
    """
    deployment = project.require()
    releases = all_releases(deployment, told_of(deployment, catalog()))
    try:
        return render(
            deployment.name,
            releases,
            charts_of(releases, (), project.workspace, None),
            _template(deployment),
            project.workspace.rendered,
        )
    except DeployerError as error:
        screen.notes(f"the releases were not rendered: {error.message}")
        return ()


def _template(deployment: Deployment) -> HelmTemplate | None:
    try:
        helm = find_helm(os.environ)
    except ToolError:
        return None  # what is written then says so
    return HelmTemplate(helm=helm, kubernetes=deployment.settings.cluster.version)
