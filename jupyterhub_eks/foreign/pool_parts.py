"""Parts of a pool of ours, out of a node pool that others wrote. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.profiles import PoolConfig
from jupyterhub_eks.foreign import extended

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.wishes import Wish

_CAPACITY: Final = "karpenter.sh/capacity-type"
_LIMITS: Final = {
    "cpu": ("cpu", 1000),
    "memory": ("memory_gib", 2**30),
    extended.GPU: ("gpu", 1),
    extended.NEURON: ("neuron", 1),
}


def capacity(wish: Wish, given: NodePool | None) -> str:
    """Return how the machines of a server are bought; on demand where both ways are allowed."""
    wanted = [*wish.selection.always, *(given.requirements if given else ())]
    for each in wanted:
        if each.key == _CAPACITY and each.operator == "In":
            return next(
                (v for v in ("on-demand", "spot", "reserved") if v in each.values), "on-demand"
            )
    return "on-demand"


def limits(given: NodePool) -> Iterator[tuple[str, int]]:
    """Yield the upper limits of a pool, in our units."""
    for name, amount in given.limits.items():
        if name in _LIMITS:
            key, factor = _LIMITS[name]
            yield key, max(amount // factor, 1)


def disk(given: NodePool | None) -> dict[str, int]:
    """Return ``disk_gib`` of a pool, where it is more than ours."""
    default = PoolConfig.model_fields["disk_gib"].default
    if given is None or given.disk_gib <= default:
        return {}  # less than ours is never meant: images of 10 GB have no room there
    return {"disk_gib": min(given.disk_gib, 16384)}


def title(wish: Wish, machines: Machines, sharing: Mapping[str, Any]) -> str:
    """Return a name for a pool that has none."""
    if sharing:
        return "gpu-mig" if sharing["sharing"] == "mig" else "gpu-shared"
    if not machines.chosen:
        return machines.instances[0]
    if wish.amounts.gpu or any(name.startswith(extended.MIG_PREFIX) for name, _ in wish.others):
        return "gpu"
    return "neuron" if wish.amounts.neuron or wish.others else "cpu"
