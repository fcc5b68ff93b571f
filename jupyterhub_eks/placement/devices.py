"""Whether a server for few devices would start a machine with many. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.placement.reasons import THINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.placement.alternatives import Alternatives
    from jupyterhub_eks.placement.proof import Verdict
    from jupyterhub_eks.placement.resources import Resource

# Three of four GPUs are no waste to speak of.
_MANY: Final = 2


def device_findings(
    deployment: Deployment,
    verdicts: Sequence[Verdict],
    alternatives: Callable[[str], Alternatives],
) -> Iterator[Finding]:
    """Warn of each profile for which only machines with many more devices are in its pool.

    Args:
        deployment: Both files.
        verdicts: Of its profiles.
        alternatives: Gives other machines for a pool.
    """
    warned: set[int] = set()
    for verdict in verdicts:
        kind: Resource = "gpu" if verdict.demand.gpu else "neuron"
        wanted = verdict.demand.of(kind)
        shared = deployment.profiles.pools[verdict.pool].gpu.sharing != "none"
        if not wanted or shared or not verdict.starts or verdict.index in warned:
            continue
        smallest = min(verdict.machines, key=lambda fit: fit.room.of(kind))
        if smallest.room.of(kind) >= _MANY * wanted:
            warned.add(verdict.index)
            others = alternatives(verdict.pool).with_fewer(verdict.demand, smallest.machine)
            yield _finding(verdict, kind, smallest.machine, others)


def _finding(
    verdict: Verdict, kind: Resource, machine: InstanceType, others: Sequence[InstanceType]
) -> Finding:
    count = machine.gpu_count if kind == "gpu" else machine.neuron_devices
    names = " or ".join(f"`{each.name}`" for each in others)
    return Finding(
        path=("profiles", verdict.index, *verdict.variant.path(kind)),
        message=f"`{verdict.title}` asks for {verdict.demand.of(kind)} of the {count} "
        f"{THINGS[kind]} of {machine.name}, the smallest machine that it can have",
        hint=f"add {names} to the pool `{verdict.pool}`"
        if names
        else "name a machine with fewer, unless others use the rest at the same time",
        also=(("profiles", verdict.index), ("pools", verdict.pool), ("region",)),
        severity="warning",
    )
