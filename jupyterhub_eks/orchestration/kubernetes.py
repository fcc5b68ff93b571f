"""How a run treats the stacks that live in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.orchestration.carrying import (
    ChartFile,
    carried,
    has_releases,
    releases_of,
    with_packaged,
)
from jupyterhub_eks.orchestration.files import read_document, write_document

if TYPE_CHECKING:
    from jupyterhub_eks.cluster_port import ClusterApi
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.ports import Render, Resource
    from jupyterhub_eks.workspace import Workspace

ChartOf = Callable[[Mapping[str, Any], Path], ChartFile]


def _no_cluster(_: str) -> ClusterApi | None:
    return None


def _none(_: str) -> tuple[Resource, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """What a run knows of the Kubernetes half.

    Attributes:
        missing: Why there is no Kubernetes API to apply it to; empty: there is one.
        chart_of: Tells where the chart of a release is, from the release's arguments and
            the stack's folder. ``None``: Terraform's helm provider finds all of them.
        carries: Whether releases are carried, because there is no helm provider.
        context: Context of the user's kubeconfig that carried releases go to; empty: the
            cluster of the deployment.
        render: Makes the manifest of a release from its chart, for plans. ``None``: plans
            tell what changes in the values only.
        open: Returns the API of an EKS cluster by name, or ``None`` if it is gone.
        load_balancers: Returns what the load-balancer controller of a cluster has made and
            not yet removed.
        poll_seconds: How often that is asked.
    """

    missing: str = ""
    chart_of: ChartOf | None = None
    carries: bool = False
    context: str = ""
    render: Render | None = None
    open: Callable[[str], ClusterApi | None] = _no_cluster
    load_balancers: Callable[[str], tuple[Resource, ...]] = _none
    poll_seconds: float = 5.0


def lives_in_cluster(directory: Path) -> bool:
    """Return whether a stack holds Helm releases."""
    return has_releases(read_document(directory))


def out_of_reach(kubernetes: Kubernetes, nodes: tuple[StackNode, ...]) -> tuple[str, ...]:
    """Return the stacks that cannot be applied, because there is no Kubernetes API here.

    With those in the cluster go the ones that need them; ``nodes`` are upstream first.
    """
    if not kubernetes.missing:
        return ()
    left_out: dict[str, None] = {}
    for node in nodes:
        if lives_in_cluster(node.directory) or left_out.keys() & set(node.depends_on):
            left_out[node.name] = None
    return tuple(left_out)


def directory_of(kubernetes: Kubernetes, workspace: Workspace, stack: str) -> Path:
    """Return the folder in which Terraform runs.

    A stack whose releases are carried, or take packaged charts, has one of its own.

    Raises:
        StateError: That folder cannot be written.
    """
    directory = workspace.stack_dir(stack)
    if kubernetes.chart_of is None:
        return directory
    document = read_document(directory)
    if not has_releases(document):
        return directory
    charts = {
        name: kubernetes.chart_of(arguments, directory) for name, arguments in releases_of(document)
    }
    if kubernetes.carries:
        changed = carried(document, charts, context=kubernetes.context)
    else:
        changed = with_packaged(document, charts)
    if changed == document:
        return directory
    target = workspace.carried_dir(stack)
    write_document(target, changed)
    return target
