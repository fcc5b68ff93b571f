"""Where the hub of a deployment answers, and how a port of this machine leads there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.kubernetes import EksClusters
from jupyterhub_eks.cli.cluster_choice import ClusterChoice
from jupyterhub_eks.cli.kubernetes import not_built
from jupyterhub_eks.cli.wiring import reach_target, region_of, state_puller, with_own_programs
from jupyterhub_eks.errors import ClusterError, RefusedError
from jupyterhub_eks.local.cluster.programs import build_in
from jupyterhub_eks.orchestration.output import outputs
from jupyterhub_eks.releases.hub import PUBLIC_SERVICE
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.tools.carrier import kubeconfig_file
from jupyterhub_eks.tools.kubectl_binary import find_kubectl
from jupyterhub_eks.tools.port_forward import Forward
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.ports import Target

_PORT_NAME: Final = "http"
_LOCAL_HOST: Final = "http://localhost:"


@dataclass(frozen=True, kw_only=True)
class HubAddress:
    """Where to point a browser.

    Attributes:
        url: The address.
        is_forwarded: Whether it is a port of this machine that must be led to the hub.
    """

    url: str
    is_forwarded: bool


def hub_address(project: Project, port: int) -> HubAddress:
    """Return where the hub answers.

    Raises:
        RefusedError: There is no hub, or none that could answer.
    """
    url = hub_url(project)
    workspace = project.workspace
    if is_simulated(project):
        raise RefusedError(
            "the hub of this machine's own Kubernetes cannot be opened",
            cause="its nodes are simulated: pods are scheduled, and none really runs",
            hint=f"give a cluster that runs pods: {workspace.typed('deploy')} --kube-context NAME",
        )
    is_forwarded = workspace.target == "local" or url.startswith(_LOCAL_HOST)
    return HubAddress(
        url=f"{_LOCAL_HOST}{port}/" if is_forwarded else url, is_forwarded=is_forwarded
    )


def hub_url(project: Project) -> str:
    """Return the address that the deployment gives for its hub.

    Raises:
        RefusedError: There is no hub.
    """
    workspace = project.workspace
    values = outputs(workspace, show_sensitive=False, pull=state_puller(project)).get("hub", {})
    url = str(values.get("url", ""))
    if not url:
        raise RefusedError(
            f"there is no hub of {workspace.name!r}",
            cause="stack hub is not deployed",
            hint=f"{workspace.typed('deploy')}, then {workspace.typed('status')}"
            f"{_needs_cluster(project)}",
        )
    return url


def is_simulated(project: Project) -> bool:
    """Whether the deployment is in a cluster whose pods do not run."""
    return project.workspace.target == "local" and not hub_context(project)


def _needs_cluster(project: Project) -> str:
    """Return what a hub on this machine needs besides."""
    if project.target != "local" or build_in(cache_dir()).complete:
        return ""
    return f"\n{not_built()}; or name a cluster of yours with --kube-context"


@contextmanager
def hub_forward(project: Project, port: int, environ: Mapping[str, str]) -> Iterator[Forward]:
    """Yield what leads a port of this machine to the hub's public Service.

    Raises:
        ClusterError: The cluster is gone.
        ToolError: There is no kubectl.
    """
    target, _ = reach_target(project)
    context = hub_context(project)
    with kubeconfig_file(_connection(project, target, context)) as path:
        access = ("--kubeconfig", str(path)) if path else ("--context", context)
        yield Forward(
            kubectl=find_kubectl(environ),
            access=access,
            namespace=HUB_NAMESPACE,
            service=PUBLIC_SERVICE,
            service_port=_PORT_NAME,
            port=port,
            environ=with_own_programs({**environ, **target.env}),
        )


def hub_context(project: Project) -> str:
    """Return the context of the user's kubeconfig that the deployment is in, if it is in one."""
    choice = None
    if project.workspace.target == "local":
        choice = ClusterChoice.read(project.workspace)
    return choice.context if choice else ""


def _connection(project: Project, target: Target, context: str) -> dict[str, str]:
    if context:
        return {"context": context}
    name, region = project.workspace.name, region_of(project)
    address = EksClusters(region, target.env).find(name)
    if address is None:
        raise ClusterError(
            f"there is no EKS cluster {name!r} in {region}",
            hint=f"{project.workspace.typed('status')} shows what is deployed",
        )
    return {
        "host": address.server,
        "ca": address.certificate_authority,
        "token_command": "jhub",
        "token_arguments": f"token\n--cluster\n{name}\n--region\n{region}",
    }
