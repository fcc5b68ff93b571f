"""A machine that one server has to itself, as settings of its pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases import labels

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig


def dedicated(pool: PoolConfig, besides: object = ()) -> dict[str, Any]:
    """Return what keeps other servers off the node of a server; nothing where they may share it.

    It takes the place of ``singleuser.extraPodAntiAffinity.required`` of the user's own.

    Args:
        pool: Where the server runs.
        besides: Terms of the user's own; what is no list of them is left to KubeSpawner.
    """
    if not pool.dedicated or not isinstance(besides, list | tuple):
        return {}
    return {"pod_anti_affinity_required": [*labels.alone_on_node(), *besides]}
