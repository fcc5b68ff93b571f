"""What users read of a profile that only the proof of schedulability knows. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.variants import variants
from jupyterhub_eks.placement.costs import costs
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.placement.starting import start_of
from jupyterhub_eks.releases.z2jh.inputs import Told
from jupyterhub_eks.releases.z2jh.slugs import slugs

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.profiles import ProfileConfig
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.costs import Cost

_SIGNS: Final = {"USD": "$", "CNY": "¥"}
_CENT: Final = Decimal("0.01")


def told_of(deployment: Deployment, catalog: Catalog) -> dict[str, dict[str, Told]]:
    """Return how long a start takes, and what an hour costs if users are to know.

    Args:
        deployment: Both files.
        catalog: Machines and prices.

    Returns:
        By slug of the profile, by slug of the size; the empty one without sizes.
    """
    listed = deployment.profiles.profiles
    pools = deployment.profiles.pools
    prices = _prices(deployment, catalog) if deployment.settings.appearance.prices else {}
    found: dict[str, dict[str, Told]] = {}
    for index, (slug, profile) in enumerate(
        zip(slugs([each.name for each in listed]), listed, strict=True)
    ):
        found[slug] = {}
        for name, size in zip(_size_slugs(profile), variants(profile), strict=True):
            start = start_of(pools[size.profile.pool])
            price = prices.get((index, size.option), "")
            found[slug][name] = Told(price=price, minutes=start.minutes, why=start.why)
    return found


def price_text(cost: Cost) -> str:
    """Return what a server costs an hour while its machine is full, e.g. ``about $0.06 an hour``.

    Args:
        cost: Of the machine.
    """
    amount = max(cost.shared.quantize(_CENT), _CENT)
    return f"about {_SIGNS[cost.price.currency]}{amount} an hour"


def _size_slugs(profile: ProfileConfig) -> list[str]:
    return slugs(list(profile.options)) if profile.options else [""]


def _prices(deployment: Deployment, catalog: Catalog) -> dict[tuple[int, str | None], str]:
    """Return the price on the cheapest machine, by index of the profile and title of the size."""
    region = deployment.settings.region
    found = {
        (verdict.index, verdict.option): costs(verdict, catalog, region)
        for verdict in prove(deployment, catalog)
    }
    return {size: price_text(known[0]) for size, known in found.items() if known}
