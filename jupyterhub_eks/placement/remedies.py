"""What to write so that a server of a profile starts; each way alone is enough. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.node_labels import key_fault
from jupyterhub_eks.placement.bars import CAPACITY_LABEL, NODE_POOL_LABEL, REGION_LABEL, bars_of
from jupyterhub_eks.placement.beside import heavy_container
from jupyterhub_eks.placement.labels import ARCH, OS, TYPE
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.overridden import named, origin
from jupyterhub_eks.placement.resources import RESOURCES
from jupyterhub_eks.placement.smaller import KEYS, smaller, written
from jupyterhub_eks.releases.labels import POOL
from jupyterhub_eks.releases.requirements import ZONE_ID_LABEL, ZONE_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.pools import PoolConfig
    from jupyterhub_eks.instances.model import InstanceType
    from jupyterhub_eks.placement.proof import Fit, Obstacle, Verdict
    from jupyterhub_eks.placement.resources import Resource

_OF_MACHINES: Final = ("karpenter.k8s.aws/instance-", OS)
_MOST_REGIONS: Final = 3
_BARS: Final[Mapping[Obstacle, str]] = {
    "taint": "leave `tolerations` out; those of the pool are set by themselves",
}
# Labels that nodes have by themselves, by the key of profiles.yaml that decides on them.
_KEYS_OF: Final[Mapping[str, str]] = {
    CAPACITY_LABEL: "`capacity` of the pool",
    NODE_POOL_LABEL: "`pool` of the profile",
    POOL: "`pool` of the profile",
    REGION_LABEL: "`region` of jhub.yaml",
    ZONE_LABEL: "`zones` of the pool",
    ZONE_ID_LABEL: "`zones` of the pool",
    ARCH: "`architecture` or `instances` of the pool",
    TYPE: "`instances` of the pool",
}


def remedy(
    verdict: Verdict,
    pool: PoolConfig,
    others: Sequence[InstanceType] = (),
    regions: Sequence[str] = (),
    region: str = "",
) -> str:
    """Return what to change, with numbers.

    Args:
        verdict: Of a profile that cannot start.
        pool: Its pool.
        others: Machines that would do.
        regions: Regions that offer machines of the pool that would do.
        region: Where it is to start.
    """
    ways = [*_settings(verdict, pool, region), *_amounts(verdict, pool), *_limits(verdict, pool)]
    if others:
        ways.append(f"add {' or '.join(f'`{each.name}`' for each in others)} to the pool")
    if regions:
        ways.append(f"choose a region that has them: {', '.join(regions[:_MOST_REGIONS])}")
    return ", or ".join(ways) or "choose another pool"


def writing(amounts: Mapping[Resource, int]) -> str:
    """Return amounts as something to write into profiles.yaml."""
    parts = [f"`{'.'.join(KEYS[name])}: {written(name, each)}`" for name, each in amounts.items()]
    return f"write {' and '.join(parts)} or less"


def _settings(verdict: Verdict, pool: PoolConfig, region: str) -> Iterator[str]:
    """Yield what to do about settings of KubeSpawner that are in the way."""
    for obstacle in dict.fromkeys(each.obstacle for each in verdict.fits if each.obstacle):
        if obstacle == "selector":
            yield _of_label(verdict, pool, region)
        elif obstacle in _BARS:
            yield _BARS[obstacle]
        elif container := heavy_container(verdict, obstacle):
            yield container.remedy
        elif place := origin(verdict, obstacle):
            yield f"ask for less with {named(place)}"


def _of_label(verdict: Verdict, pool: PoolConfig, region: str) -> str:
    """Return what to do about a label that is selected and that the pool's nodes lack."""
    every = (each for each in verdict.fits if each.obstacle == "selector")
    bars = bars_of(verdict.variant.profile, verdict.every, pool, region)
    labels = (bars.unmet(each.machine, each.zones) for each in every)
    key = next((label[0] for label in labels if label), "")
    if named_key := _KEYS_OF.get(key):
        return f"leave the label out, and choose by {named_key}"
    if key.startswith(_OF_MACHINES):
        return "leave the label out, and choose by `instances` and `sizes` of the pool"
    if key_fault(key, "label"):
        return "leave the label out: nodes cannot have it"
    return "leave the label out, or give it to the pool with `labels`"


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
