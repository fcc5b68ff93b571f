"""How a run reaches the Kubernetes half, for ``wiring``.

On AWS there always is a cluster, and Terraform's helm provider is asked for. On this
machine it is the cluster that ``--kube-context`` names, or the control plane that has
been built; and where the helm provider cannot be had, its work is carried by resources
that Terraform has built in.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.kubernetes import EksClusters
from jupyterhub_eks.cli.chart_search import Charts
from jupyterhub_eks.cli.cluster_choice import ClusterChoice
from jupyterhub_eks.cli.cluster_opening import opener
from jupyterhub_eks.cli.console.places import this_program
from jupyterhub_eks.errors import ToolError, UsageError
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.furnishing import Furnishing, furnish
from jupyterhub_eks.local.cluster.model import PlaneSettings
from jupyterhub_eks.local.cluster.nodes import connect as connect_plane
from jupyterhub_eks.local.cluster.programs import build_in
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.releases import labels
from jupyterhub_eks.tools.carrier import MOVED
from jupyterhub_eks.tools.chart_renderer import ChartRenderer
from jupyterhub_eks.tools.charts import ChartLibrary, puller
from jupyterhub_eks.tools.helm_binary import find_helm
from jupyterhub_eks.tools.provider_probe import can_have_helm_provider
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.programs import Build
    from jupyterhub_eks.ports import Target
    from jupyterhub_eks.workspace import Workspace

# As many nodes as a group of system nodes has by default.
_FURNISHING = Furnishing(
    nodes=2, labels={labels.NODE_PURPOSE: labels.CORE}, storage_class=labels.STORAGE_CLASS
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a command wants of the Kubernetes half.

    Attributes:
        workspace: The deployment.
        target: AWS or the embedded one.
        region: Region of the deployment.
        creates: Whether the command may bring a cluster into being.
        context: Context of the user's kubeconfig, to be used on this machine.
        chart_folders: Folders with packaged charts.
        terraform: Path of the program.
        environ: Its environment.
        tell: Told what is started, and that an API is asked again.
        check: Raises when the run was asked to stop.
    """

    workspace: Workspace
    target: Target
    region: str
    creates: bool
    context: str = ""
    chart_folders: tuple[Path, ...] = ()
    terraform: str
    environ: Mapping[str, str] = field(repr=False)
    tell: Callable[[str], None]
    check: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The Kubernetes half of a run, and what of it is real.

    Attributes:
        kubernetes: What the use cases work with.
        charts: Where charts were looked for.
        plane: The control plane of this machine, if it is what is used.
        context: The context of the user's kubeconfig, if that is.
    """

    kubernetes: Kubernetes
    charts: Charts | None = None
    plane: ControlPlane | None = None
    context: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """What the carriers of releases must know of it besides their own arguments."""
        if self.plane is None:
            return {}
        authority = base64.b64decode(self.plane.certificate_authority).decode()
        return {MOVED: json.dumps({"host": self.plane.endpoint, "ca": authority})}


def reach(wanted: Wanted) -> Reached:
    """Return how the cluster of a deployment is reached, starting it if it is on this machine.

    Raises:
        UsageError: A context is named for a cluster on AWS, or another one than before.
        ClusterError: There is no such context.
        LocalClusterError: The control plane does not come up.
        ToolError: There is no Helm for what was deployed with one.
    """
    clusters = EksClusters(wanted.region, wanted.target.env)
    if wanted.target.kind == "aws":
        return _on_aws(wanted, clusters)
    known = ClusterChoice.read(wanted.workspace)
    context = _context(wanted, known)
    build = build_in(cache_dir())
    if not context and not build.complete:
        return Reached(kubernetes=Kubernetes(missing=not_built()))
    choice = known or ClusterChoice(carries=bool(context) or _must_carry(wanted), context=context)
    if choice.carries and (error := _without_helm(wanted)):
        if known:  # what was deployed can be neither changed nor removed
            raise error
        return Reached(kubernetes=Kubernetes(missing=f"{error.message}: {error.hint}"))
    if wanted.creates:
        choice.write(wanted.workspace)
    charts = Charts(_library(wanted, fetches=True), build if build.complete else None)
    plane = None if context else _running(wanted, clusters, build, was_used=known is not None)
    kubernetes = _kubernetes(wanted, clusters, charts, carries=choice.carries, context=context)
    return Reached(kubernetes=kubernetes, charts=charts, plane=plane, context=context)


def not_built() -> str:
    """Return why there is no Kubernetes, and what brings one."""
    return (
        f"there is no Kubernetes on this machine; to make one: {this_program()} local cluster build"
    )


def _on_aws(wanted: Wanted, clusters: EksClusters) -> Reached:
    if wanted.context:
        raise UsageError(
            "--kube-context goes with --local only",
            cause="on AWS the hub lives in the EKS cluster that jhub makes",
        )
    charts = Charts(_library(wanted, fetches=False))
    return Reached(kubernetes=_kubernetes(wanted, clusters, charts), charts=charts)


def _context(wanted: Wanted, choice: ClusterChoice | None) -> str:
    """Return the context to use; the one that was deployed to stays.

    Raises:
        UsageError: Another one is asked for.
    """
    if choice is None or wanted.context in {"", choice.context}:
        return choice.context if choice else wanted.context
    here = f"the context {choice.context}" if choice.context else "the Kubernetes of this machine"
    raise UsageError(
        f"this deployment is in {here}, not in the context {wanted.context}",
        hint="destroy it first, or deploy under another --name",
    )


def _must_carry(wanted: Wanted) -> bool:
    return not can_have_helm_provider(wanted.terraform, wanted.environ)


def _without_helm(wanted: Wanted) -> ToolError | None:
    """Return why releases cannot be carried here; None: there is a Helm.

    One is brought now, once, rather than by each of the releases at the same time.
    """
    try:
        find_helm(wanted.environ)
    except ToolError as error:
        return error
    return None


def _library(wanted: Wanted, *, fetches: bool) -> ChartLibrary:
    return ChartLibrary(
        kept=wanted.workspace.charts,
        folders=wanted.chart_folders,
        pull=puller(lambda: find_helm(os.environ)) if fetches else None,
    )


def _kubernetes(
    wanted: Wanted,
    clusters: EksClusters,
    charts: Charts,
    *,
    carries: bool = False,
    context: str = "",
) -> Kubernetes:
    return Kubernetes(
        chart_of=charts,
        render=ChartRenderer(
            wanted.workspace.charts, wanted.chart_folders, added=charts.library.added
        ),
        carries=carries,
        context=context,
        open=opener(clusters, context, check=wanted.check, tell=wanted.tell),
        load_balancers=clusters.load_balancers,
    )


def _running(
    wanted: Wanted, clusters: EksClusters, build: Build, *, was_used: bool
) -> ControlPlane | None:
    """Return the control plane of the deployment; one is started where there is a use for it."""
    workspace = wanted.workspace
    if clusters.find(workspace.name) is None:
        if was_used:  # what the cluster held must not come back with a new one
            control_plane.reset(workspace.root, workspace.name)
        if not wanted.creates:
            return None
    plane = control_plane.find(workspace.root, workspace.name)
    if plane is None:
        wanted.tell("starting the Kubernetes of this machine")
        settings = PlaneSettings(
            root=workspace.root, deployment=workspace.name, region=wanted.region
        )
        plane = control_plane.start(settings, build, _ignore)
    if wanted.creates:
        with connect_plane(plane.kubeconfig) as client:
            furnish(client, _FURNISHING)
    return plane


def _ignore(*_: object) -> None:
    """Say nothing of each component."""
