"""How a run reaches the Kubernetes half, for ``wiring``.

On AWS there always is a cluster, and Terraform's helm provider is asked for. On this
machine the control plane must have been built, and where the provider cannot be had its
work is carried by resources that Terraform has built in.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.aws.kubernetes import EksClusters
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.crd_chart import write_crd_chart
from jupyterhub_eks.local.cluster.model import PlaneSettings
from jupyterhub_eks.local.cluster.programs import build_in
from jupyterhub_eks.orchestration.carrying import ChartFile
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.tools.charts import ChartLibrary, digest, puller
from jupyterhub_eks.tools.helm_binary import find_helm
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.cluster_port import ClusterApi
    from jupyterhub_eks.local.cluster.programs import Build
    from jupyterhub_eks.ports import Target
    from jupyterhub_eks.workspace import Workspace

NOT_BUILT = "there is no Kubernetes on this machine: jhub local cluster build"


@dataclass(frozen=True)
class Charts:
    """Finds the charts of releases for stacks that are carried; see ``carrying``.

    A run asks for each of them many times, and looks once.
    """

    library: ChartLibrary
    build: Build
    _known: dict[RemoteChart | Path, ChartFile] = field(default_factory=dict)

    def __call__(self, arguments: Mapping[str, Any], directory: Path) -> ChartFile:
        """Return where the chart of a release is, or that it cannot be reached."""
        wanted: RemoteChart | Path = directory / arguments["chart"]
        if arguments.get("repository"):
            wanted = RemoteChart(
                name=arguments["chart"],
                repository=arguments["repository"],
                version=arguments["version"],
            )
        if wanted not in self._known:
            self._known[wanted] = self._look(wanted)
        return self._known[wanted]

    def _look(self, chart: RemoteChart | Path) -> ChartFile:
        if isinstance(chart, Path):  # named by its content, so it never changes
            return ChartFile(path=str(chart), digest=digest(chart))
        found = self.library.find(chart)
        if found is None and chart == catalog.KARPENTER_CRDS:
            found = write_crd_chart(self.build, chart, self.library.kept / "stand-ins")
        if found is None:
            return ChartFile(path="", digest="")
        return ChartFile(path=str(found), digest=digest(found))


def on_aws(target: Target, region: str) -> Kubernetes:
    """Return how the cluster on AWS is reached."""
    clusters = EksClusters(region, target.env)
    return Kubernetes(open=_opener(clusters), load_balancers=clusters.load_balancers)


def on_this_machine(
    workspace: Workspace,
    target: Target,
    region: str,
    *,
    chart_folders: tuple[Path, ...],
    carries: bool,
    tell: Callable[[str], None],
) -> Kubernetes:
    """Return how the control plane on this machine is reached, starting it if it is built.

    Args:
        workspace: The deployment.
        target: The embedded AWS.
        region: Region of the deployment.
        chart_folders: Folders with packaged charts.
        carries: Whether the helm provider cannot be had.
        tell: Told what is started.

    Raises:
        LocalClusterError: The control plane does not come up.
    """
    build = build_in(cache_dir())
    if not build.complete:
        return Kubernetes(missing=NOT_BUILT)
    settings = PlaneSettings(root=workspace.root, deployment=workspace.name, region=region)
    if control_plane.find(workspace.root, workspace.name) is None:
        tell("starting the Kubernetes on this machine")
        control_plane.start(settings, build, _ignore)
    clusters = EksClusters(region, target.env)
    library = ChartLibrary(
        kept=workspace.home / "charts",
        folders=chart_folders,
        pull=puller(lambda: find_helm(os.environ)),
    )
    return Kubernetes(
        chart_of=Charts(library, build) if carries else None,
        open=_opener(clusters),
        load_balancers=clusters.load_balancers,
    )


def _ignore(*_: object) -> None:
    """Say nothing of each component."""


def _opener(clusters: EksClusters) -> Callable[[str], ClusterApi | None]:
    def open_cluster(name: str) -> ClusterApi | None:
        address = clusters.find(name)
        if address is None:
            return None
        # The client library is slow to load, and most commands never talk to a cluster.
        from jupyterhub_eks.kube.api import KubernetesApi, eks_config  # noqa: PLC0415

        return KubernetesApi(
            lambda: eks_config(address.server, address.certificate_authority, clusters.token(name))
        )

    return open_cluster
