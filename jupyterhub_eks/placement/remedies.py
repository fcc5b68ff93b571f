"""What to write so that a server of a profile starts; each way alone is enough. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.beside import heavy_container
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.overridden import named, origin
from jupyterhub_eks.placement.resources import RESOURCES
from jupyterhub_eks.placement.smaller import KEYS, smaller, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.placement.proof import Fit, Obstacle, Verdict
    from jupyterhub_eks.placement.resources import Resource

_MOST_REGIONS: Final = 3
_BARS: Final[Mapping[Obstacle, str]] = {
    "taint": "leave `tolerations` out; those of the pool are set by themselves",
    "selector": "leave the label out, or give it to the pool with `labels`",
}


def remedy(
    verdict: Verdict,
    pool: PoolConfig,
    others: Sequence[InstanceType] = (),
    regions: Sequence[str] = (),
) -> str:
    """Return what to change, with numbers.

    Args:
        verdict: Of a profile that cannot start.
        pool: Its pool.
        others: Machines that would do.
        regions: Regions that offer machines of the pool that would do.
    """
    ways = [*_settings(verdict), *_amounts(verdict, pool), *_limits(verdict, pool)]
    if others:
        ways.append(f"add {' or '.join(f'`{each.name}`' for each in others)} to the pool")
    if regions:
        ways.append(f"choose a region that has them: {', '.join(regions[:_MOST_REGIONS])}")
    return ", or ".join(ways) or "choose another pool"


def writing(amounts: Mapping[Resource, int]) -> str:
    """Return amounts as something to write into profiles.yaml."""
    parts = [f"`{'.'.join(KEYS[name])}: {written(name, each)}`" for name, each in amounts.items()]
    return f"write {' and '.join(parts)} or less"


def _settings(verdict: Verdict) -> Iterator[str]:
    """Yield what to do about settings of KubeSpawner that are in the way."""
    for obstacle in dict.fromkeys(each.obstacle for each in verdict.fits if each.obstacle):
        if obstacle in _BARS:
            yield _BARS[obstacle]
        elif container := heavy_container(verdict, obstacle):
            yield container.remedy
        elif place := origin(verdict, obstacle):
            yield f"ask for less with {named(place)}"


def _amounts(verdict: Verdict, pool: PoolConfig) -> Iterator[str]:
    """Yield every single amount that is enough, at its largest; else the fewest together."""
    nearest = _nearest(verdict, pool)
    for count in sorted({len(names) for names in nearest}):
        fits = [fit for names, (_, fit) in nearest.items() if len(names) == count]
        found = [smaller(verdict.variant.profile, fit.room, verdict.every) for fit in fits]
        ways = [writing(amounts) for amounts in found if amounts]
        if ways:
            yield from ways if count == 1 else ways[:1]
            return


def _nearest(verdict: Verdict, pool: PoolConfig) -> dict[tuple[Resource, ...], tuple[float, Fit]]:
    """Return by what is short the machine on which least of the server would have to go."""
    found: dict[tuple[Resource, ...], tuple[float, Fit]] = {}
    for fit in verdict.fits:
        if fit.obstacle not in RESOURCES or fit.zones == ():
            continue
        names = fit.room.lacking(verdict.demand)
        if not KEYS.keys() >= set(names) or any(exceeded(fit.machine, pool.max)):
            continue
        share = min(fit.room.of(name) / verdict.demand.of(name) for name in names)
        if names not in found or share > found[names][0]:
            found[names] = share, fit
    return found


def _limits(verdict: Verdict, pool: PoolConfig) -> Iterator[str]:
    """Yield the upper limit of the pool that its smallest machine needs."""
    for fit in verdict.fits:
        if fit.obstacle == "limit":
            needed = (f"{key}: {-(-has // 1):.0f}" for key, has in exceeded(fit.machine, pool.max))
            yield f"write `max: {{{', '.join(needed)}}}` or more"
            return
