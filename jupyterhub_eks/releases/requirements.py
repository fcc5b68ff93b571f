"""Which EC2 machines a pool may start, as requirements of a Karpenter NodePool. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.instances import architecture
from jupyterhub_eks.config.rules.zones import is_zone_id
from jupyterhub_eks.releases.families import device_counts, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.config.pools import PoolConfig

GPU_COUNT_LABEL: Final = "karpenter.k8s.aws/instance-gpu-count"
FAMILY_LABEL: Final = "karpenter.k8s.aws/instance-family"
LOCAL_DISK_LABEL: Final = "karpenter.k8s.aws/instance-local-nvme"
ZONE_LABEL: Final = "topology.kubernetes.io/zone"
ZONE_ID_LABEL: Final = "topology.k8s.aws/zone-id"
DEVICE_COUNT_LABELS: Final = {
    "nvidia": GPU_COUNT_LABEL,
    "neuron": "karpenter.k8s.aws/instance-accelerator-count",
}


def is_in(key: str, values: Iterable[str]) -> dict[str, Any]:
    """Return the requirement that a label has one of ``values``."""
    return {"key": key, "operator": "In", "values": list(values)}


def requirements(pool: PoolConfig, asked: int) -> list[dict[str, Any]]:
    """Return the requirements of a pool.

    Args:
        pool: The pool.
        asked: Most accelerators that one of its profiles asks for.

    Raises:
        ValueError: Families without a size and exact types are mixed, which no
            requirement can express; the rules for pools refuse it.
    """
    found = [
        is_in("kubernetes.io/arch", [pool.architecture or architecture(pool.instances[0])]),
        is_in("kubernetes.io/os", ["linux"]),
        is_in("karpenter.sh/capacity-type", pool.capacity),
        *_machines(pool),
    ]
    label = DEVICE_COUNT_LABELS.get(kind_of(pool))
    counts = device_counts(pool, max(asked, 1)) if label else ()
    if label and counts:
        found.append(is_in(label, map(str, counts)))
    if pool.zones:
        found.append(is_in(ZONE_ID_LABEL if is_zone_id(pool.zones[0]) else ZONE_LABEL, pool.zones))
    if pool.local_disks_min_gb is not None:
        least = str(pool.local_disks_min_gb)
        found.append({"key": LOCAL_DISK_LABEL, "operator": "Gte", "values": [least]})
    return found


def _machines(pool: PoolConfig) -> list[dict[str, Any]]:
    families = [name for name in pool.instances if "." not in name]
    types = [name for name in pool.instances if "." in name]
    if not families:
        return [is_in("node.kubernetes.io/instance-type", types)]
    if not types:
        family = is_in(FAMILY_LABEL, families)
        if pool.sizes:
            return [family, is_in("karpenter.k8s.aws/instance-size", pool.sizes)]
        # Every size, but not the bare-metal ones, which have no hypervisor.
        return [family, is_in("karpenter.k8s.aws/instance-hypervisor", ["nitro"])]
    if not pool.sizes:
        raise ValueError("families without sizes beside exact types")
    sized = [f"{family}.{size}" for family in families for size in pool.sizes]
    return [is_in("node.kubernetes.io/instance-type", [*types, *sized])]
