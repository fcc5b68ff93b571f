"""What the proof of schedulability says of each profile, for the pages of the preview. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.reasons import reasons
from jupyterhub_eks.placement.starting import start_of
from jupyterhub_eks.preview.document import SizeFacts
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from decimal import Decimal

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.costs import Cost
    from jupyterhub_eks.placement.proof import Verdict

# The pages speak of dollars only.
_CURRENCY: Final = "USD"
_SECONDS: Final = 60


def facts_of(deployment: Deployment, catalog: Catalog) -> dict[str, dict[str, SizeFacts]]:
    """Return the facts by slug of the profile and slug of the size, as the form names both.

    Args:
        deployment: Both files.
        catalog: What is known of EC2's machines.
    """
    profiles = deployment.profiles.profiles
    names = slugs([profile.name for profile in profiles])
    sizes = [dict(zip(each.options, slugs(list(each.options)), strict=True)) for each in profiles]
    found: dict[str, dict[str, SizeFacts]] = {}
    for verdict in prove(deployment, catalog):
        size = sizes[verdict.index].get(verdict.option or "", "")
        found.setdefault(names[verdict.index], {})[size] = _facts(verdict, deployment, catalog)
    return found


def refusals(deployment: Deployment, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """Return title and reason of each profile, or size of one, that can start nowhere."""
    region = deployment.settings.region
    return tuple(
        (verdict.title, reasons(verdict, deployment.profiles.pools[verdict.pool], region))
        for verdict in prove(deployment, catalog)
        if _is_refused(verdict)
    )


def _is_refused(verdict: Verdict) -> bool:
    return not verdict.starts and not verdict.is_open


def _facts(verdict: Verdict, deployment: Deployment, catalog: Catalog) -> SizeFacts:
    region, pool = deployment.settings.region, deployment.profiles.pools[verdict.pool]
    priced = costs(verdict, catalog, region)
    unpriced = [each for each in verdict.machines if each not in {cost.fit for cost in priced}]
    fits = [*(cost.fit for cost in priced), *unpriced]
    first = priced[0] if priced else None
    return SizeFacts(
        pool=verdict.pool,
        instances=[each.machine.name for each in fits],
        users_per_node=fits[0].users if fits else 0,
        usd_per_hour=_dollars(first, first.shared) if first else None,
        node_usd_per_hour=_dollars(first, first.alone) if first else None,
        reason=reasons(verdict, pool, region) if _is_refused(verdict) else "",
        seconds=start_of(pool).minutes * _SECONDS,
    )


def _dollars(cost: Cost, amount: Decimal) -> float | None:
    return float(amount) if cost.price.currency == _CURRENCY else None
