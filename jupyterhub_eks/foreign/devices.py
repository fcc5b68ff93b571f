"""GPUs and Neuron devices of an imported server, and how a pool of ours shares them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.mig import mig_gpu
from jupyterhub_eks.foreign import extended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.foreign.machines import Machines
    from jupyterhub_eks.foreign.node_pools import NodePool
    from jupyterhub_eks.foreign.plugins import DevicePlugin
    from jupyterhub_eks.foreign.wishes import Wish

# Where nobody says among how many a GPU is shared.
_SLICES: Final = 4
_MOST_SLICES: Final = 48


def sharing(
    wish: Wish, machines: Machines, given: NodePool | None, plugin: DevicePlugin | None
) -> tuple[dict[str, Any], str]:
    """Return ``gpu`` of a server's pool, and what of it is otherwise than it was.

    Args:
        wish: What the server asks for.
        machines: Machines of the pool.
        given: The node pool that they come of; None: there is none.
        plugin: How GPUs were shared; None: not at all, as far as is known.
    """
    others = dict(wish.others)
    partition = next((n for n in others if n.startswith(extended.MIG_PREFIX)), "")
    if partition:
        profile = partition.removeprefix(extended.MIG_PREFIX)
        gpus = [mig_gpu(each) for each in machines.instances]
        if gpus[0] and profile in gpus[0].slices and gpus.count(gpus[0]) == len(gpus):
            return {"sharing": "mig", "profile": profile}, ""
        return {}, f"`{profile}` is no equal part of a GPU; it gets a whole one"
    return _shared(wish, machines, given, plugin)


def _shared(
    wish: Wish, machines: Machines, given: NodePool | None, plugin: DevicePlugin | None
) -> tuple[dict[str, Any], str]:
    if given and wish.amounts.gpu and (divided := _by_itself(wish, machines, given)):
        return divided
    others = dict(wish.others)
    found = plugin.sharing(given.labels) if plugin and given else None
    if found and found.replicas > 1 and wish.amounts.gpu == 1:
        slices = min(found.replicas, _MOST_SLICES)
        lost = f"a GPU was {found.replicas} slices and is {slices}, the most of ours"
        shared = {"sharing": "time-slicing", "slices": slices}
        return shared, lost if slices < found.replicas else ""
    if extended.SHARED_GPU in others:
        shared = {"sharing": "time-slicing", "slices": _SLICES}
        return shared, f"among how many a GPU is shared is not said; {_SLICES} are written"
    if found and found.replicas > 1 and wish.amounts.gpu > 1:
        return {}, "gets whole GPUs, in a pool of their own"
    return {}, ""


def slices_of(shared: Mapping[str, Any], instances: Sequence[str]) -> int:
    """Return how many servers share a GPU.

    Args:
        shared: ``gpu`` of a pool.
        instances: Families or types of the pool; all of them have equal GPUs.
    """
    gpu = mig_gpu(instances[0]) if shared.get("sharing") == "mig" else None
    slices = gpu.slices.get(shared["profile"], 1) if gpu else shared.get("slices", 1)
    return int(slices)


def _by_itself(
    wish: Wish, machines: Machines, given: NodePool
) -> tuple[dict[str, Any], str] | None:
    """Return the same for nodes that divide their GPUs at boot; None: they do not."""
    partition, replicas = dict(given.division.partition), given.division.replicas
    if replicas > 1 and wish.amounts.gpu == 1:
        return {"sharing": "time-slicing", "slices": min(replicas, _MOST_SLICES)}, ""
    if not given.partitions:
        return None
    gpus = [mig_gpu(each) for each in machines.instances]
    names = {partition.get(gpu.key, "") if gpu else "" for gpu in gpus}
    name = names.pop() if len(names) == 1 else ""
    if wish.amounts.gpu == 1 and name and all(gpu and name in gpu.slices for gpu in gpus):
        return {"sharing": "mig", "profile": name}, ""
    return {}, f"nodes of `{given.name}` partition their GPUs; it gets whole ones"


def devices(wish: Wish, shared: Mapping[str, Any]) -> tuple[dict[str, int], list[str]]:
    """Return ``gpu`` and ``neuron`` of a profile, and what of them is otherwise than it was.

    Args:
        wish: What the server asks for.
        shared: How its pool shares GPUs.
    """
    gpu, neuron = wish.amounts.gpu, wish.amounts.neuron
    lost = []
    for name, count in wish.others:
        if name.startswith(extended.MIG_PREFIX) or name == extended.SHARED_GPU:
            gpu += count
        elif name == extended.NEURON_CORE:
            neuron = max(neuron, -(-count // 2))
            lost.append(f"{count} Neuron cores are {neuron} devices of two cores each")
    if shared and gpu > 1:
        lost.append(f"asks for {gpu} slices of a GPU; it gets one")
        gpu = 1
    return {"gpu": gpu, "neuron": neuron}, lost
