"""How the API of a deployment's cluster is reached, once it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.aws.kubernetes import EksClusters
    from jupyterhub_eks.cluster_port import ClusterApi


def opener(
    clusters: EksClusters,
    context: str,
    *,
    check: Callable[[], None],
    tell: Callable[[str], None],
) -> Callable[[str], ClusterApi | None]:
    """Return what connects to a cluster by its name; ``None`` from it: there is none.

    Args:
        clusters: Those of the account.
        context: Context of the user's kubeconfig to be used instead; empty: none.
        check: Raises when the run was asked to stop.
        tell: Told that an API is asked again.
    """

    def open_cluster(name: str) -> ClusterApi | None:
        address = None if context else clusters.find(name)
        if address is None and not context:
            return None
        # The client library is slow to load, and most commands never talk to a cluster.
        from jupyterhub_eks.kube.api import KubernetesApi  # noqa: PLC0415
        from jupyterhub_eks.kube.connecting import context_client, eks_client  # noqa: PLC0415

        if address is None:
            return KubernetesApi(lambda: context_client(context), check=check, tell=tell)
        return KubernetesApi(
            lambda: eks_client(address.server, address.certificate_authority, clusters.token(name)),
            check=check,
            tell=tell,
        )

    return open_cluster
