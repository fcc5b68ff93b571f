"""What Karpenter must know of a pool's GPUs beyond what EC2 says: NodeOverlays. Pure.

Without them Karpenter starts a node for every user of a shared GPU (D19), and none for a
fraction of a GPU. Each machine is covered exactly once: by the pool, the number of its
GPUs and, where models are divided differently, the family. There are no more than a pool's
machines need: Karpenter tries each with every pool and every machine of EC2, and starts nothing
in a new pool before it has done so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.families import gpu_counts, is_fractional, kind_of
from jupyterhub_eks.releases.requirements import FAMILY_LABEL, GPU_COUNT_LABEL, is_in
from jupyterhub_eks.releases.sharing import families_by_slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig


def node_overlays(name: str, pool: PoolConfig) -> list[dict[str, Any]]:
    """Return the NodeOverlays of a pool; none where Karpenter counts as its nodes do."""
    if kind_of(pool) != "nvidia":
        return []
    node_pools = labels.node_pools_of(name, pool)
    groups = families_by_slices(pool)
    made = []
    for slices, families in groups.items():
        # Nothing tells them apart where all are divided alike.
        only = families if len(groups) > 1 else ()
        # No pool has a dot in its name, so no two overlays have the same one.
        title = f"{name}.x{slices}" if only else name
        for count, capacity in _counted(pool, slices, families).items():
            made.append(_overlay(f"{title}-{count}-gpu", node_pools, count, only, capacity))
    return made


def needs_overlays(pools: Mapping[str, PoolConfig]) -> bool:
    """Whether Karpenter must be told of GPUs that EC2 does not count."""
    return any(node_overlays(name, pool) for name, pool in pools.items())


def _counted(pool: PoolConfig, slices: int, families: Sequence[str]) -> dict[int, int]:
    """Return what nodes offer, by the number of GPUs that EC2 counts."""
    counts = gpu_counts(pool, families) if slices > 1 else ()
    counted = {count: count * slices for count in counts}
    return {0: slices, **counted} if is_fractional(pool) else counted


def _overlay(
    name: str, pools: Iterable[str], count: int, families: Sequence[str], capacity: int
) -> dict[str, Any]:
    return {
        "apiVersion": "karpenter.sh/v1alpha1",
        "kind": "NodeOverlay",
        "metadata": {"name": name},
        "spec": {
            "requirements": [
                is_in("karpenter.sh/nodepool", pools),
                is_in(GPU_COUNT_LABEL, [str(count)]),
                *([is_in(FAMILY_LABEL, families)] if families else []),
            ],
            "capacity": {labels.GPU: str(capacity)},
        },
    }
