"""The proof as findings about ``profiles.yaml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.alternatives import Alternatives
from jupyterhub_eks.placement.bars import BARS, bars_of
from jupyterhub_eks.placement.devices import device_findings
from jupyterhub_eks.placement.hub_settings import hub_setting_findings
from jupyterhub_eks.placement.limits import exceeded
from jupyterhub_eks.placement.low_limits import low_limit_findings
from jupyterhub_eks.placement.network_zones import network_zone_findings
from jupyterhub_eks.placement.overridden import origin
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.reasons import reasons
from jupyterhub_eks.placement.regions import regions_with
from jupyterhub_eks.placement.remedies import remedy
from jupyterhub_eks.placement.shares import share_findings
from jupyterhub_eks.placement.smaller import KEYS
from jupyterhub_eks.placement.unjudged import unjudged_findings
from jupyterhub_eks.placement.unpriced import unpriced_findings
from jupyterhub_eks.placement.warm import warm_findings
from jupyterhub_eks.placement.warm_limits import warm_limit_findings
from jupyterhub_eks.placement.zones import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict


def placement_findings(deployment: Deployment) -> Iterator[Finding]:
    """Yield an error for each profile, or size of one, of which no server could ever start.

    What starts and is probably not meant is a warning.
    """
    verdicts = prove(deployment, catalog())

    @cache
    def alternatives(pool: str) -> Alternatives:
        return Alternatives(deployment, pool, catalog())

    for verdict in verdicts:
        if not verdict.starts and not verdict.is_open:
            yield _refused(verdict, deployment, alternatives(verdict.pool))
    yield from low_limit_findings(verdicts)
    yield from unjudged_findings(deployment, verdicts)
    yield from hub_setting_findings(deployment, verdicts)
    yield from _partly_offered(deployment, verdicts)
    yield from share_findings(deployment, verdicts)
    yield from device_findings(deployment, verdicts, alternatives)
    yield from warm_findings(deployment, verdicts, catalog())
    yield from warm_limit_findings(deployment, catalog())
    yield from network_zone_findings(deployment, verdicts, catalog())
    yield from unpriced_findings(deployment, verdicts)


def _refused(verdict: Verdict, deployment: Deployment, alternatives: Alternatives) -> Finding:
    settings, pool = deployment.settings, deployment.profiles.pools[verdict.pool]
    is_barred = any(fit.obstacle in BARS for fit in verdict.fits)
    taken = (fit.machine.name for fit in verdict.fits)
    others = () if is_barred else alternatives.holding(verdict.demand, taken)
    return Finding(
        path=_key(verdict, deployment),
        message=f"`{verdict.title}` can start on no machine of the pool `{verdict.pool}`: "
        f"{reasons(verdict, pool, settings.region)}",
        hint=remedy(verdict, pool, others, _regions(verdict, deployment), settings.region),
        also=(("profiles", verdict.index), ("pools", verdict.pool), ("region",)),
    )


def _regions(verdict: Verdict, deployment: Deployment) -> tuple[str, ...]:
    """Return regions in which it would start; none where the files name a network or zones."""
    settings, pool = deployment.settings, deployment.profiles.pools[verdict.pool]
    if settings.network.existing or pool.zones:
        return ()
    absent = (fit.machine for fit in verdict.fits if fit.obstacle == "region")
    names = [each.name for each in absent if not any(exceeded(each, pool.max))]
    return regions_with(names, settings.region, catalog())


def _key(verdict: Verdict, deployment: Deployment) -> Path:
    """Return what to point at: the amount that is too large everywhere, else the whole."""
    size = verdict.variant
    obstacles = {fit.obstacle for fit in verdict.fits}
    obstacle = obstacles.pop() if len(obstacles) == 1 else None
    if obstacle and (place := origin(verdict, obstacle, _label(verdict, deployment))):
        return place
    key, *rest = KEYS.get(obstacle, ("",)) if obstacle else ("",)
    return ("profiles", verdict.index, *size.place_of(key, *rest))


def _label(verdict: Verdict, deployment: Deployment) -> str:
    """Return the label that is selected and missing; nothing where it is not that."""
    settings, pool = deployment.settings, deployment.profiles.pools[verdict.pool]
    bars = bars_of(verdict.variant.profile, verdict.every, pool, settings.region)
    barred = (each for each in verdict.fits if each.obstacle == "selector")
    labels = (bars.unmet(each.machine, each.zones) for each in barred)
    return next((label[0] for label in labels if label), "")


def _partly_offered(deployment: Deployment, verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Warn of machines that a pool names and the region does not offer, once for each pool."""
    for name, fits in {each.pool: each.fits for each in verdicts}.items():
        offered = {each.machine.name for each in fits if each.zones != ()}
        missing = {each.machine.name for each in fits} - offered
        if not offered or not missing:
            continue  # nothing is missing; or all is, which is an error of each profile
        offered |= {each.partition(".")[0] for each in offered}
        pool = deployment.profiles.pools[name]
        for index, instance in enumerate(pool.instances):
            known = {each for each in missing if instance in {each, each.partition(".")[0]}}
            if known and instance not in offered:
                yield Finding(
                    path=("pools", name, "instances", index),
                    message=f"{place_of(pool, deployment.settings.region)} does not offer "
                    f"`{instance}`; the pool has others",
                    hint="remove it, or choose a region that has it",
                    also=(("region",),),
                    severity="warning",
                )
