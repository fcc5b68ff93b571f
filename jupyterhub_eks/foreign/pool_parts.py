"""Parts of a pool of ours, out of a node pool that others wrote. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.document import problem_at
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.foreign import extended
from jupyterhub_eks.foreign.selecting import of_machine
from jupyterhub_eks.releases.requirements import ZONE_ID_LABEL, ZONE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.selecting import Requirement
    from jupyterhub_eks.foreign.wishes import Wish
    from jupyterhub_eks.problems import Problem

_CAPACITY: Final = "karpenter.sh/capacity-type"
_LIMITS: Final = {
    "cpu": ("cpu", 1000),
    "memory": ("memory_gib", 2**30),
    extended.GPU: ("gpu", 1),
    extended.NEURON: ("neuron", 1),
    "nodes": ("nodes", 1),
}

# Said by a pool of ours in its own words.
_SAID: Final = frozenset({_CAPACITY, ZONE_LABEL, ZONE_ID_LABEL})


def demands(wish: Wish, given: NodePool | None) -> tuple[Requirement, ...]:
    """Return all that a server and its node pool demand together."""
    selection = wish.selection
    either = selection.either[0] if len(selection.either) == 1 else ()
    return (*selection.always, *either, *(given.requirements if given else ()))


def capacity(wanted: Iterable[Requirement]) -> tuple[str, ...]:
    """Return how the machines of a server may be bought; as in Karpenter, else on demand."""
    found: tuple[str, ...] = ()
    for each in wanted:
        if each.key == _CAPACITY and each.operator == "In":
            allowed = found or ("reserved", "spot", "on-demand")
            found = tuple(value for value in allowed if value in each.values)
    excluded = {
        value
        for each in wanted
        if each.key == _CAPACITY and each.operator == "NotIn"
        for value in each.values
    }
    every = found or (("on-demand",) if "on-demand" not in excluded else ("spot", "reserved"))
    return tuple(value for value in every if value not in excluded) or ("on-demand",)


def limits(given: NodePool, slices: int) -> tuple[dict[str, int], list[Problem]]:
    """Return the upper limits of a pool in our units, and those that are others here.

    Args:
        given: The node pool.
        slices: Servers that share a GPU; its nodes report so many GPUs for each.
    """
    found: dict[str, int] = {}
    lost = []
    for name, amount in given.limits.items():
        key, factor = _LIMITS.get(name, ("", 1))
        most = amount // (factor * slices if key == "gpu" else factor)
        written = ""
        if key:
            found[key] = max(most, 1)
            written = "" if most else f"; it is `{key}: 1`, the least of ours"
        if not key or written:
            message = f"the limit of `{name}` of the node pool `{given.name}` is not carried"
            lost.append(problem_at(given.place, "spec.limits", message + written, "", "warning"))
    return found, lost


def lost_requirements(given: NodePool) -> Iterator[Problem]:
    """Yield what a pool demands of its nodes and ours cannot say."""
    for each in given.requirements:
        if not of_machine(each.key) and each.key not in _SAID:
            yield lost_requirement(given, str(each))


def lost_requirement(given: NodePool, requirement: str) -> Problem:
    """Return that a requirement of a node pool is not carried."""
    return problem_at(
        given.place,
        "spec.template.spec.requirements",
        f"the requirement `{requirement}` of the node pool `{given.name}` is not carried",
        "write it as one of the `labels` of the pool, if it is a label of your own",
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
