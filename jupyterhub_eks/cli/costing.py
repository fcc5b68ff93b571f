"""What a deployment costs today, for every command that shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jupyterhub_eks.costs.estimate import estimate
from jupyterhub_eks.costs.prices import prices_in

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.floor import Assumptions
    from jupyterhub_eks.costs.usage import Demand


def estimate_today(
    deployment: Deployment, *, assumed: Assumptions | None = None, demand: Demand | None = None
) -> Estimate:
    """Return what a deployment costs, by the prices of this release and of the user's cache.

    Args:
        deployment: Both files.
        assumed: What the files do not say.
        demand: How the hub is used, for a month with users.
    """
    return estimate(
        deployment,
        prices_in(deployment.settings.region),
        datetime.now(UTC).date(),
        assumed=assumed,
        demand=demand,
    )
