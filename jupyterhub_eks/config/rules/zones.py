"""Availability zones as users name them: by name, which depends on the account, or by id."""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.regions import EKS_REFUSED_ZONES, USABLE_ZONES
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.instances.names import ZONE_ID
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.pools import PoolConfig

_DIRECTION: Final = re.compile(r"north|south|east|west|central")
# `us-west-2a`; a local zone has more between region and letter.
_NAME: Final = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)(?P<letter>[a-z])")
_LOCAL: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d-[a-z0-9-]+|[a-z]+\d-[a-z]+\d+-az\d+")
_LETTERS: Final = ascii_lowercase


def is_zone_id(text: str) -> bool:
    """Whether ``text`` is built like the id of a zone, e.g. ``usw2-az1``."""
    return ZONE_ID.fullmatch(text) is not None


def id_prefix(region: str) -> str:
    """Return what ids of a region's zones begin with: ``usw2`` of ``us-west-2``."""
    area, *words = region.split("-")
    short = [
        "".join(found[0] for found in _DIRECTION.findall(word)) or word[:1] for word in words[:-1]
    ]
    return "".join((area, *short, words[-1]))


def zone_rules(path: Path, pool: PoolConfig, settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about ``zones`` of a pool."""
    base, region = (*path, "zones"), settings.region
    good = []
    for index, zone in enumerate(pool.zones):
        found = _fault(zone, region)
        if found is None and zone in good:
            found = f"`{zone}` is listed twice", "name each zone once"
        if found is None:
            good.append(zone)
            continue
        message, hint = found
        yield Finding(path=(*base, index), message=message, hint=hint, also=(("region",),))
    if len({is_zone_id(zone) for zone in good}) > 1:
        yield Finding(
            path=base,
            message="zones are named by name and by id, and no zone is both to Karpenter",
            hint=f"write ids only, e.g. `zones: [{id_prefix(region)}-az1]`",
        )
    elif len(good) == len(pool.zones) == 1:
        yield Finding(
            path=base,
            message=f"all nodes of the pool are in `{good[0]}`; when it has no capacity, no server "
            "starts",
            hint="name more zones, or remove `zones` for every zone",
            severity="warning",
        )
    if good:
        yield from _outside(base, good, settings)


def _outside(base: Path, zones: list[str], settings: DeploymentFile) -> Iterator[Finding]:
    """Warn of zones in which the network may have no subnet: it takes the first by name."""
    taken, region = settings.network.zones, settings.region
    usable = USABLE_ZONES.get(region, taken)
    if settings.network.existing is not None or usable <= taken:
        return
    doubtful = [zone for zone in zones if is_zone_id(zone) or zone[-1] > "abcdef"[taken - 1]]
    if doubtful:
        yield Finding(
            path=base,
            message=f"the network takes {taken} of the {usable} zones of {region}, and "
            f"`{doubtful[0]}` may not be among them",
            hint=f"write `network: {{zones: {usable}}}` in jhub.yaml, or name other zones",
            also=(("region",), ("network", "zones"), ("network", "existing")),
            severity="warning",
        )


def _fault(zone: str, region: str) -> tuple[str, str] | None:
    """Return message and hint for a zone that the region does not have, else None."""
    if _LOCAL.fullmatch(zone):
        return f"`{zone}` is a local zone, where EKS places no nodes of a pool", _some(region)
    if is_zone_id(zone):
        return _fault_of_id(zone, region)
    named = _NAME.fullmatch(zone)
    if named is None:
        return f"`{zone[:60]}` is no availability zone", _meant(zone, region)
    last = last_letter(region)
    if named["region"] != region:
        letter = named["letter"] if last is None or named["letter"] <= last else "a"
        return f"`{zone}` is no zone of {region}", f"write e.g. `{region}{letter}`"
    if last is not None and named["letter"] > last:
        ask = f"`jhub data refresh --region {region}`"
        hint = f"its zones end with `{region}{last}`; AWS tells of a new one: {ask}"
        return f"`{zone}` is no zone of {region}, as far as is known", hint
    return None


def last_letter(region: str) -> str | None:
    """Return the last letter that a zone's name can have; None: nothing is known of the region.

    Letters are given out like the numbers of ids, though to each account in its own order;
    both may have gaps (``apne1-az3``, ``ca-central-1c``).
    """
    offers = catalog().offered(region)
    numbers = [int(each.rpartition("-az")[2]) for each in offers.all_zones] if offers else []
    return _LETTERS[max(numbers) - 1] if numbers else None


def _meant(zone: str, region: str) -> str:
    """Return the zone that was probably meant."""
    last = last_letter(region)
    names = [f"{region}{each}" for each in _LETTERS if last and each <= last]
    offers = catalog().offered(region)
    match = closest(zone.strip().lower(), [*names, *(offers.all_zones if offers else ())])
    return f"did you mean `{match}`?" if match else _some(region)


def _fault_of_id(zone: str, region: str) -> tuple[str, str] | None:
    prefix = id_prefix(region)
    own, _, number = zone.partition("-az")
    if own != prefix:
        return f"`{zone}` is no zone of {region}", f"write e.g. `{prefix}-az{number}`"
    if zone in EKS_REFUSED_ZONES.get(region, ()):
        return f"`{zone}` is a zone that EKS does not take", "name another one"
    offers = catalog().offered(region)
    if offers and zone not in offers.all_zones:
        return f"`{zone}` is no zone of {region}", f"it has {', '.join(offers.all_zones)}"
    return None


def _some(region: str) -> str:
    return f"write e.g. `{region}a`, or `{id_prefix(region)}-az1` by id"
