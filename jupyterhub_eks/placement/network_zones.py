"""Whether the zones of the network are sure to have a pool's machines. Pure.

The network takes the first zones of the account that EKS can use. Which ids these have
differs from account to account, so that machines of few zones may be in none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.regions import EKS_REFUSED_ZONES
from jupyterhub_eks.config.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.proof import Verdict


def network_zone_findings(
    deployment: Deployment, verdicts: Iterable[Verdict], catalog: Catalog
) -> Iterator[Finding]:
    """Warn once for each pool whose machines may all be in zones that the network leaves out."""
    settings = deployment.settings
    offers = catalog.offered(settings.region)
    if offers is None or settings.network.existing:
        return
    usable = set(offers.all_zones) - set(EKS_REFUSED_ZONES.get(settings.region, ()))
    found: dict[str, Finding] = {}
    for verdict in verdicts:
        having = usable & _zones(verdict)
        if not verdict.starts or len(having) + settings.network.zones > len(usable):
            continue
        found.setdefault(verdict.pool, _finding(verdict, len(having), len(usable), deployment))
    yield from found.values()


def _zones(verdict: Verdict) -> set[str]:
    return {zone for fit in verdict.machines for zone in fit.zones or ()}


def _finding(verdict: Verdict, having: int, usable: int, deployment: Deployment) -> Finding:
    settings, names = deployment.settings, [fit.machine.name for fit in verdict.machines]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    enough = usable - having + 1
    return Finding(
        path=("pools", verdict.pool, "instances"),
        message=f"AWS offers {names[0]}{more} in {having} of the {usable} zones of "
        f"{settings.region} that EKS can use, and the network takes {settings.network.zones}, "
        f"which may be others; `{verdict.title}` would never start",
        hint=f"write `network: {{zones: {enough}}}` in jhub.yaml, or add machines of more zones"
        if having
        else "add machines of other zones, or choose another region",
        also=(("profiles", verdict.index), ("network", "zones"), ("region",)),
        severity="warning",
    )
