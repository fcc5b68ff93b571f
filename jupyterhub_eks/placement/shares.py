"""Whether as many servers fit on a machine as its GPUs have slices. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.placement.reasons import THINGS
from jupyterhub_eks.placement.remedies import writing
from jupyterhub_eks.placement.resources import RESOURCES
from jupyterhub_eks.placement.smaller import KEYS, smaller
from jupyterhub_eks.placement.units import amount, decimal, is_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.placement.proof import Fit, Verdict
    from jupyterhub_eks.placement.resources import Amounts, Resource

_ORDINALS: Final = {2: "a second", 3: "a third", 4: "a fourth", 5: "a fifth", 6: "a sixth"}


def share_findings(deployment: Deployment, verdicts: Sequence[Verdict]) -> Iterator[Finding]:
    """Warn of profiles whose servers leave slices of a shared GPU unused on most machines.

    Of a profile with sizes the one that fits most often counts: the others may be meant to
    take more than their slice.
    """
    for (_, name), sizes in groupby(verdicts, key=lambda each: (each.index, each.pool)):
        pool = deployment.profiles.pools[name]
        starting = [each for each in sizes if each.starts and each.demand.gpu]
        if pool.gpu.sharing == "none" or pool.dedicated or not starting:
            continue
        verdict = max(starting, key=lambda each: sum(fit.users for fit in each.machines))
        short = [fit for fit in verdict.machines if fit.users < fit.room.gpu]
        if 2 * len(short) > len(verdict.machines):
            yield _finding(verdict, pool, short)


def _finding(verdict: Verdict, pool: PoolConfig, short: Sequence[Fit]) -> Finding:
    first = short[0]
    slices, users = first.room.gpu, first.users
    resource = _scarce(first.room, verdict.demand, users + 1)
    gpus = "the GPU" if first.machine.gpu_count <= 1 else f"the {first.machine.gpu_count} GPUs"
    fit = "server fits" if users == 1 else "servers fit"
    key = KEYS.get(resource, ("",))[0]
    return Finding(
        path=("profiles", verdict.index, *verdict.variant.place_of(key)),
        message=f"{slices} share {gpus} of {first.machine.name}, but only {users} {fit}: "
        f"{_ORDINALS.get(users + 1, 'one more')} needs {_missing(verdict.demand, first, resource)}",
        hint=_hint(verdict, pool, short),
        also=(("profiles", verdict.index), ("pools", verdict.pool), ("region",)),
        severity="warning",
    )


def _scarce(room: Amounts, wanted: Amounts, servers: int) -> Resource:
    """Return what is short for so many servers."""
    return next(name for name in RESOURCES if wanted.of(name) * servers > room.of(name))


def _missing(wanted: Amounts, fit: Fit, resource: Resource) -> str:
    needs = wanted.of(resource)
    left = fit.room.of(resource) - fit.users * needs
    if resource == "memory" and is_decimal(needs):
        return f"{decimal(needs, up=True)} of memory, and {decimal(left)} are left"
    thing = "core" if resource == "cpu_m" and needs == 1000 else THINGS[resource]
    return f"{amount(resource, needs, up=True)} {thing}, and {amount(resource, left)} are left"


def _hint(verdict: Verdict, pool: PoolConfig, short: Sequence[Fit]) -> str:
    """Return the amounts with which all slices of all these machines are used, or fewer slices."""
    profile = verdict.variant.profile
    found = [smaller(profile, each.room, verdict.every, servers=each.room.gpu) for each in short]
    ways = []
    if all(found):
        names = [name for name in RESOURCES if any(name in each for each in found)]
        ways.append(
            writing({name: min(each[name] for each in found if name in each) for name in names})
        )
    fewest = min(each.users // max(each.machine.gpu_count, 1) for each in short)
    if pool.gpu.sharing != "mig" and fewest > 1:
        ways.append(f"write `slices: {fewest}` for the pool `{verdict.pool}`")
    return ", or ".join(ways) or "name larger machines"
