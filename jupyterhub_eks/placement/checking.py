"""The proof as findings about ``profiles.yaml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.alternatives import alternatives
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.reasons import reasons, remedy
from jupyterhub_eks.placement.zones import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.placement.proof import Obstacle, Verdict

_KEYS: Final[Mapping[Obstacle | None, tuple[str, ...]]] = {
    "cpu_m": ("cpu", "guarantee"),
    "memory": ("memory", "guarantee"),
    "gpu": ("gpu",),
    "neuron": ("neuron",),
}


def placement_findings(deployment: Deployment) -> Iterator[Finding]:
    """Yield an error for each profile of which no server could ever start."""
    verdicts = {each.profile: each for each in prove(deployment, catalog())}
    for index, profile in enumerate(deployment.profiles.profiles):
        verdict = verdicts.get(profile.name)
        if verdict and not verdict.starts and not verdict.is_open:
            yield _refused(index, verdict, deployment)
    yield from _partly_offered(deployment, list(verdicts.values()))


def _refused(index: int, verdict: Verdict, deployment: Deployment) -> Finding:
    settings, pool = deployment.settings, deployment.profiles.pools[verdict.pool]
    taken = [fit.machine for fit in verdict.fits]
    others = alternatives(deployment, verdict.pool, verdict.demand, taken, catalog())
    return Finding(
        path=("profiles", index, *_key(deployment.profiles.profiles[index], verdict)),
        message=f"`{verdict.profile}` can start on no machine of the pool `{verdict.pool}`: "
        f"{reasons(verdict, pool, settings.region)}",
        hint=remedy(verdict, pool, others),
        also=(("profiles", index), ("pools", verdict.pool), ("region",)),
    )


def _key(profile: ProfileConfig, verdict: Verdict) -> tuple[str, ...]:
    """Return what to point at: the amount that is too large everywhere, else the profile."""
    obstacles = {fit.obstacle for fit in verdict.fits}
    key = _KEYS.get(obstacles.pop(), ()) if len(obstacles) == 1 else ()
    return key if key and getattr(profile, key[0]) else ("name",)


def _partly_offered(deployment: Deployment, verdicts: list[Verdict]) -> Iterator[Finding]:
    """Warn of machines that a pool names and the region does not offer, once for each pool."""
    for name, pool in deployment.profiles.pools.items():
        fits = next((each.fits for each in verdicts if each.pool == name), ())
        missing = [each.machine for each in fits if each.zones == ()]
        if not missing or len(missing) == len(fits):
            continue  # nothing is missing; or all is, which is an error of each profile
        place = place_of(pool, deployment.settings.region)
        families = {each.machine.family for each in fits} - {
            each.machine.family for each in fits if each.zones
        }
        for index, instance in enumerate(pool.instances):
            if instance.partition(".")[0] in families or instance in {e.name for e in missing}:
                yield Finding(
                    path=("pools", name, "instances", index),
                    message=f"{place} does not offer `{instance}`; the pool has others",
                    hint="remove it, or choose a region that has it",
                    also=(("region",),),
                    severity="warning",
                )
