"""What a configuration asks for, together with what this release pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks import versions
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.releases.node_classes import uses_bottlerocket
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.upgrades.model import Wanted

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment

PINNED_CHARTS: Final = {chart.name: chart.version for chart in catalog.REMOTE_CHARTS}


def wanted_by(deployment: Deployment) -> Wanted:
    """Return what a configuration asks for.

    Raises:
        ConfigError: The login's provider cannot do what the allow rules ask.
    """
    charts = [release.chart for release in all_releases(deployment)]
    families = {
        "bottlerocket" if uses_bottlerocket(pool) else "al2023"
        for pool in deployment.profiles.pools.values()
    }
    return Wanted(
        kubernetes=deployment.settings.cluster.version,
        charts={chart.name: chart.version for chart in charts if isinstance(chart, RemoteChart)},
        images={name: versions.IMAGES[name] for name in sorted(families)},
    )
