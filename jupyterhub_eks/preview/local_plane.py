"""A Kubernetes of a preview's own on this machine: real control plane, simulated nodes.

It lies in the state of the preview, so no other one, and no deployment on this machine, shares
its nodes; and it is deleted with all that it holds when the preview ends.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster import control_plane, user_objects
from jupyterhub_eks.local.cluster.model import PlaneSettings
from jupyterhub_eks.local.cluster.nodes import add_node, connect
from jupyterhub_eks.local.cluster.pool_nodes import pool_nodes
from jupyterhub_eks.preview import clusters
from jupyterhub_eks.preview.document import LOOPBACK, ClusterFacts
from jupyterhub_eks.preview.hub.chart import PRIORITY, PRIORITY_CLASS
from jupyterhub_eks.preview.making import claims_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lightkube import Client

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.nodes import FakeNode
    from jupyterhub_eks.local.cluster.programs import Build
    from jupyterhub_eks.local.cluster.starting import StartSink
    from jupyterhub_eks.preview.files import PreviewFiles

PLANE: Final = "preview"
NAMESPACE: Final = "jhub-preview"
# Nobody starts machines here, so a few are there from the beginning.
NODES_EACH: Final = 3
# The scheduler says within a second that there is no room, and nothing here will make any.
WAIT_SECONDS: Final = 20


@contextmanager
def local_plane(
    deployment: Deployment,
    values: Mapping[str, Any],
    files: PreviewFiles,
    build: Build,
    emit: StartSink,
) -> Iterator[clusters.OpenCluster]:
    """Have the cluster; afterwards nothing of it is left.

    Args:
        deployment: What is previewed.
        values: Of the hub's chart.
        files: Where the state of the preview lies; held.
        build: Programs of the control plane.
        emit: Told which component is started.

    Raises:
        LocalClusterError: It does not start, or does not end.
    """
    try:
        settings = PlaneSettings(root=files.home, deployment=PLANE)
        plane = control_plane.start(settings, build, emit)
        nodes = pool_nodes(deployment, catalog(), NODES_EACH)
        with connect(plane.kubeconfig) as client:
            _furnish(client, nodes, values, str(files.home))
        yield _opened(plane, nodes, clusters.start_seconds(values))
    finally:
        clear_plane(files)


def clear_plane(files: PreviewFiles) -> bool:
    """End and delete the cluster of a preview; return whether there was one.

    Raises:
        LocalClusterError: A process of it does not end.
    """
    return bool(control_plane.reset_all(files.home))


def _furnish(
    client: Client, nodes: tuple[FakeNode, ...], values: Mapping[str, Any], owner: str
) -> None:
    """Bring what pods of users need."""
    from lightkube.codecs import from_dict  # noqa: PLC0415 - slow to load, seldom needed
    from lightkube.core.exceptions import ApiError  # noqa: PLC0415 - as above

    try:
        for node in nodes:
            add_node(client, node)
        client.apply(from_dict(user_objects.priority_class(PRIORITY_CLASS, PRIORITY)), force=True)
        made = user_objects.namespace(NAMESPACE, {clusters.OWNER: PLANE})
        made["metadata"]["annotations"] = {clusters.OWNER: owner}
        client.create(from_dict(made))
        user_objects.add_claims(client, NAMESPACE, claims_of(values))
        for each in clusters.user_objects(values, NAMESPACE):
            client.create(from_dict(each))
        user_objects.await_account(client, NAMESPACE)
    except (ApiError, TimeoutError) as error:
        raise LocalClusterError(
            "the Kubernetes of the preview cannot be furnished",
            cause=str(error),
            hint="run the same command again, which begins with an empty cluster",
        ) from error


def _opened(
    plane: ControlPlane, nodes: tuple[FakeNode, ...], configured: int
) -> clusters.OpenCluster:
    seconds = min(configured, WAIT_SECONDS)
    facts = ClusterFacts(
        title=f"the Kubernetes {plane.version} of this machine",
        kubeconfig=str(plane.kubeconfig),
        simulated=True,
        address=LOOPBACK,
        priority_class=True,
        volumes=True,
        seconds=seconds,
    )
    nobody = f"nobody starts machines here: a pod that fits on no node fails after {seconds} s"
    here = (
        f"pods are really made, scheduled and deleted in {facts['title']}, with its own events",
        f"its {len(nodes)} nodes, {NODES_EACH} of a kind, are simulated and run no containers",
        "JupyterLab is a process of this machine, whatever image is chosen, started with the pod",
        f"{nobody} with the scheduler's reason",
        "homes and the shared folder are folders of this machine",
        f"kubectl --kubeconfig {plane.kubeconfig} --namespace {NAMESPACE} get pods",
    )
    return clusters.OpenCluster(namespace=NAMESPACE, facts=facts, here=here)
