"""Leave out of an imported list what our own rules refuse, so that the rest is valid. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.document import Place, dotted, from_plain
from jupyterhub_eks.config.placeholders import PLACEHOLDER, placeholders
from jupyterhub_eks.config.rules import check
from jupyterhub_eks.config.variants import places, variants
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.reasons import reasons
from jupyterhub_eks.releases.checking import node_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.document import KeyPath
    from jupyterhub_eks.config.profiles import ProfileConfig, ProfilesFile
    from jupyterhub_eks.config.rules import Finding
    from jupyterhub_eks.instances.catalog import Catalog


# A profile by its name, and one of its sizes by its title; None: the profile as a whole.
Which = tuple[str, str | None]


def settled(
    profiles: ProfilesFile, catalog: Catalog, region: str
) -> tuple[ProfilesFile, dict[Which, str]]:
    """Return what is valid of pools and profiles, and why each other profile or size is not in it.

    One profile is the default, and each pool has a profile. Nothing is left where nothing is
    valid.

    Args:
        profiles: What was imported.
        catalog: What is known of EC2's machines.
        region: Where servers are to start; empty: any region.
    """
    settings = DeploymentFile(region=region) if region else DeploymentFile()
    left_out: dict[Which, str] = {}
    while profiles.profiles:
        profiles = _tidied(profiles)
        deployment = Deployment(settings=settings, profiles=profiles)
        refused = (
            dict(_of_placeholders(profiles))
            or dict(_of_rules(deployment))
            or dict(_of_places(deployment, catalog, region))
        )
        if not refused:
            break
        left_out |= refused
        kept = tuple(
            own for each in profiles.profiles if (own := _without(each, refused)) is not None
        )
        profiles = profiles.model_copy(update={"profiles": kept})
    return profiles, left_out


def _without(profile: ProfileConfig, refused: Mapping[Which, str]) -> ProfileConfig | None:
    """Return a profile without its refused sizes; None: nothing is left of it."""
    name = profile.name
    options = {k: each for k, each in profile.options.items() if (name, k) not in refused}
    if (name, None) in refused or (profile.options and not options):
        return None
    if len(options) == len(profile.options):
        return profile
    pools = {each.pool or profile.pool for each in options.values()}
    pool = profile.pool if profile.pool in pools else min(pools)
    return profile.model_copy(update={"options": options, "pool": pool})


def _tidied(profiles: ProfilesFile) -> ProfilesFile:
    every = profiles.profiles
    used = {pool for each in every for pool, _ in places(each)}
    if not any(each.default for each in every):
        every = (every[0].model_copy(update={"default": True}), *every[1:])
    pools = {name: pool for name, pool in profiles.pools.items() if name in used}
    return profiles.model_copy(update={"pools": pools, "profiles": every})


def _of_placeholders(profiles: ProfilesFile) -> Iterator[tuple[Which, str]]:
    """Yield each profile in which an answer is still owed, or in whose pool one is."""
    if PLACEHOLDER.lower() not in profiles.model_dump_json().lower():
        return
    written = from_plain(profiles.model_dump(mode="json"), Place())
    found = (
        (path, f"`{dotted(path[2:]) or path[-1]}` {problem.message}")
        for path, problem in placeholders(written)
    )
    yield from _named(found, profiles)


def _of_rules(deployment: Deployment) -> Iterator[tuple[Which, str]]:
    """Yield each profile or size that a rule refuses, or whose pool one does."""
    errors = (each for each in check(deployment) if each.severity == "error")
    yield from _named(_said(errors), deployment.profiles)


def _of_places(
    deployment: Deployment, catalog: Catalog, region: str
) -> Iterator[tuple[Which, str]]:
    """Yield each profile or size that starts nowhere, or whose pool Karpenter refuses."""
    profiles = deployment.profiles
    yield from _named(_said(node_findings(deployment)), profiles)
    for verdict in prove(deployment, catalog):
        obstacles = {fit.obstacle for fit in verdict.fits}
        if verdict.starts or verdict.is_open or (not region and obstacles <= {"region"}):
            continue
        why = reasons(verdict, profiles.pools[verdict.pool], deployment.settings.region)
        which = verdict.profile, verdict.option
        yield which, f"it cannot start in the pool `{verdict.pool}`: {why}"


def _said(findings: Iterator[Finding]) -> Iterator[tuple[KeyPath, str]]:
    for finding in findings:
        yield finding.path, finding.message


def _named(
    said: Iterator[tuple[KeyPath, str]], profiles: ProfilesFile
) -> Iterator[tuple[Which, str]]:
    for (section, *rest), message in said:
        if section == "profiles" and rest and isinstance(rest[0], int):
            profile = profiles.profiles[rest[0]]
            size = rest[2] if rest[1:2] == ["options"] and len(rest) > 2 else None
            yield (profile.name, size if isinstance(size, str) else None), message
        elif section == "pools" and rest:
            for each in profiles.profiles:
                for variant in variants(each):
                    if variant.profile.pool == rest[0]:
                        yield (each.name, variant.option), message
