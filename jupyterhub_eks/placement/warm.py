"""Whether servers of a pool fit on its nodes that always run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.instances.catalog import Catalog
    from jupyterhub_eks.placement.proof import Fit, Verdict


def warm_findings(
    deployment: Deployment, verdicts: Sequence[Verdict], catalog: Catalog
) -> Iterator[Finding]:
    """Warn of profiles whose servers find no place on the warm nodes of their pool.

    Karpenter starts such a node for no pod in particular, so it takes the cheapest machine.
    """
    for name, pool in deployment.profiles.pools.items():
        own = [each for each in verdicts if each.pool == name and each.starts]
        if not pool.warm.nodes or not own:
            continue
        cheapest = _cheapest(own[0].fits, catalog, deployment.settings.region)
        too_large = [
            each.title
            for each in own
            if cheapest and not any(fit.machine.name == cheapest for fit in each.machines)
        ]
        if too_large:
            yield Finding(
                path=("pools", name, "warm", "nodes"),
                message=f"`{too_large[0]}` does not fit on {cheapest}, the cheapest machine of the "
                "pool, which the nodes that always run will be",
                hint="leave the small machines out of the pool, or keep room with `servers`",
                also=(("pools", name), ("profiles",), ("region",)),
                severity="warning",
            )


def _cheapest(fits: Sequence[Fit], catalog: Catalog, region: str) -> str | None:
    """Return the machine with the lowest known price among those that are offered."""
    priced = [
        (price.per_hour, fit.machine.name)
        for fit in fits
        if fit.zones != () and (price := catalog.price(region, fit.machine.name))
    ]
    return min(priced)[1] if priced else None
