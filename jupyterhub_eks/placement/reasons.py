"""Why no server of a profile can start. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.bars import BARS, bars_of
from jupyterhub_eks.placement.beside import heavy_container
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.overridden import named, origin
from jupyterhub_eks.placement.resources import RESOURCES
from jupyterhub_eks.placement.units import amount, decimal, is_decimal
from jupyterhub_eks.placement.zones import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.placement.proof import Fit, Obstacle, Verdict
    from jupyterhub_eks.placement.resources import Amounts, Resource

THINGS: Final[Mapping[Resource, str]] = {
    "cpu_m": "cores",
    "memory": "GiB of memory",
    "disk": "GiB of disk",
    "gpu": "GPUs",
    "neuron": "Neuron devices",
    "pods": "pods",
}
_MOST_NAMED: Final = 3
_LIMITS: Final = {
    "cpu": "cores",
    "memory_gib": "GiB of memory",
    "gpu": "GPUs",
    "neuron": "Neuron devices",
}


def reasons(verdict: Verdict, pool: PoolConfig, region: str) -> str:
    """Return what is in the way on the pool's machines: each obstacle once, with its best machine.

    Args:
        verdict: Of a profile that cannot start.
        pool: Its pool.
        region: Where it is to start.
    """
    if not verdict.fits:
        return "; ".join(_left_out(verdict)) or "nothing is known of its machines"
    best = _best(verdict)
    short_on = {fit.machine.name for obstacle, fit in best.items() if obstacle in RESOURCES}
    found = [
        _own_shortage(obstacle, fit, verdict)
        if obstacle in RESOURCES and len(short_on) > 1
        else _short(obstacle, fit, verdict, pool, region)
        for obstacle, fit in best.items()
        if obstacle != "region"
    ]
    absent = [each.machine.name for each in verdict.fits if each.obstacle == "region"]
    return "; ".join(
        [*found, *([f"{place_of(pool, region)} does not offer {_some(absent)}"] if absent else [])]
    )


def _best(verdict: Verdict) -> dict[Obstacle, Fit]:
    """Return for each obstacle the machine that comes nearest."""
    found: dict[Obstacle, Fit] = {}
    for fit in verdict.fits:
        for obstacle in _obstacles(fit, verdict.demand):
            known = found.get(obstacle)
            if known is None or _is_nearer(fit, known, obstacle):
                found[obstacle] = fit
    return found


def _obstacles(fit: Fit, wanted: Amounts) -> tuple[Obstacle, ...]:
    """Return everything that is short on a machine, or what else is in the way there."""
    if fit.obstacle in RESOURCES:
        return fit.room.lacking(wanted)
    return (fit.obstacle,) if fit.obstacle else ()


def _is_nearer(fit: Fit, other: Fit, obstacle: Obstacle) -> bool:
    if obstacle not in RESOURCES:
        return False  # the smallest stands first
    return fit.room.of(obstacle) > other.room.of(obstacle)


def _some(names: Sequence[str]) -> str:
    """Return some of the names, and how many there are besides."""
    more = len(names) - _MOST_NAMED
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else " or ".join(shown.rsplit(", ", 1))


def _barred(verdict: Verdict, fit: Fit, pool: PoolConfig, region: str) -> str:
    """Return what the profile's own settings put in the way; nothing if it is not that."""
    bars = bars_of(verdict.variant.profile, verdict.every, pool, region)
    if fit.obstacle == "taint" and (taint := bars.untolerated()):
        return (
            f"its nodes have the taint `{taint.key}={taint.value}:{taint.effect}`, which "
            "`tolerations` of `kubespawner_override` does not tolerate"
        )
    if fit.obstacle == "selector" and (label := bars.unmet(fit.machine, fit.zones)):
        whose = named(origin(verdict, fit.obstacle, label[0]))
        return f"none of its nodes has the label `{label[0]}: {label[1]}` of {whose}"
    return ""


def _short(obstacle: Obstacle, fit: Fit, verdict: Verdict, pool: PoolConfig, region: str) -> str:
    """Return how an obstacle is in the way on one machine."""
    if obstacle in BARS:
        return _barred(verdict, fit, pool, region)
    name = fit.machine.name
    if obstacle == "limit":
        key, has = next(exceeded(fit.machine, pool.max))
        most = pool.max[key]
        return f"{name} has {has:g} {_LIMITS[key]}, and the whole pool may have {most}"
    resource: Resource = obstacle  # type: ignore[assignment]
    container = heavy_container(verdict, obstacle)
    whose = f" (container `{container.name}`)" if container else ""
    left, needs = max(fit.room.of(resource), 0), verdict.demand.of(resource)
    if resource == "memory" and is_decimal(needs):
        return (
            f"a server needs {decimal(needs, up=True)} of memory{whose}, and {name} leaves "
            f"{decimal(left)}"
        )
    return (
        f"a server needs {amount(resource, needs, up=True)} {THINGS[resource]}{whose}, and {name} "
        "leaves "
        f"{amount(resource, left)}"
    )


def _own_shortage(obstacle: Obstacle, fit: Fit, verdict: Verdict) -> str:
    """Return what is short on one machine of several, beginning with the machine."""
    resource: Resource = obstacle  # type: ignore[assignment]
    left, needs = max(fit.room.of(resource), 0), verdict.demand.of(resource)
    name = fit.machine.name
    if resource == "memory" and is_decimal(needs):
        return f"{name} leaves {decimal(left)} of the {decimal(needs, up=True)} of memory needed"
    return (
        f"{name} leaves {amount(resource, left)} of the {amount(resource, needs, up=True)} "
        f"{THINGS[resource]} needed"
    )


def _left_out(verdict: Verdict) -> Iterator[str]:
    for machine, requirement in verdict.candidates.left_out[:1]:
        values = ", ".join(requirement.get("values") or ())
        label = str(requirement["key"]).rpartition("/")[2]
        yield f"the pool takes `{label}` {requirement['operator']} {values}, unlike {machine.name}"
    for name in verdict.candidates.unknown[:1]:
        yield f"nothing is known of {name}"
