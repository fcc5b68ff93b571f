"""The form in which Kubernetes clients are told of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def kubeconfig(
    name: str, *, server: str, authority: str, user: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a kubeconfig of one cluster, which is its current one.

    Args:
        name: Name of context, cluster and user.
        server: ``https://…``.
        authority: PEM of the API's authority, in base64.
        user: How to log in, as the format spells it.
    """
    cluster = {"server": server, "certificate-authority-data": authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": dict(user)}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
