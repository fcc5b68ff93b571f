"""Parts of a pool of ours, out of a node pool that others wrote. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import problem_at
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.machines import FAMILY, SIZE
from jupyterhub_eks.placement.labels import ARCH, OS, TYPE
from jupyterhub_eks.releases.requirements import DEVICE_COUNT_LABELS, GPU_COUNT_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.problems import Problem

_CAPACITY: Final = "karpenter.sh/capacity-type"
_LIMITS: Final = {
    "cpu": ("cpu", 1000),
    "memory": ("memory_gib", 2**30),
    extended.GPU: ("gpu", 1),
    extended.NEURON: ("neuron", 1),
}


# By a pool of ours, in its own words or by what a profile asks for.
_SAID: Final = frozenset(
    {
        TYPE, FAMILY, SIZE, ARCH, OS, _CAPACITY, GPU_COUNT_LABEL, *DEVICE_COUNT_LABELS.values(),
        "karpenter.k8s.aws/instance-hypervisor",
    }
)  # fmt: skip


def capacity(wish: Wish, given: NodePool | None) -> tuple[str, ...]:
    """Return how the machines of a server may be bought; as in Karpenter, else on demand."""
    found: tuple[str, ...] = ()
    for each in (*wish.selection.always, *(given.requirements if given else ())):
        if each.key == _CAPACITY and each.operator == "In":
            allowed = found or ("reserved", "spot", "on-demand")
            found = tuple(value for value in allowed if value in each.values)
    return found or ("on-demand",)


def limits(given: NodePool) -> Iterator[tuple[str, int]]:
    """Yield the upper limits of a pool, in our units."""
    for name, amount in given.limits.items():
        if name in _LIMITS:
            key, factor = _LIMITS[name]
            yield key, max(amount // factor, 1)


def lost_requirements(given: NodePool) -> Iterator[Problem]:
    """Yield what a pool demands of its machines and ours cannot say."""
    for each in given.requirements:
        if each.key not in _SAID:
            yield problem_at(
                given.place,
                "spec.template.spec.requirements",
                f"the requirement `{each}` of the node pool `{given.name}` is not carried",
                "name the machines in `instances` and `sizes`",
                "warning",
            )


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
