"""Rules across keys and across files; each is a generator of findings.

Rules are pure: no network, no clock, no environment. What only AWS can answer
is asked by the preflight checks.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.appearance import appearance_rules
from jupyterhub_eks.config.rules.budget import budget_rules
from jupyterhub_eks.config.rules.cluster import cluster_rules
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.config.rules.general import general_rules
from jupyterhub_eks.config.rules.hub_spawner import hub_spawner_rules
from jupyterhub_eks.config.rules.login import login_rules
from jupyterhub_eks.config.rules.login_page import login_page_rules
from jupyterhub_eks.config.rules.network import network_rules
from jupyterhub_eks.config.rules.pools import pool_rules
from jupyterhub_eks.config.rules.profiles import profile_rules
from jupyterhub_eks.config.rules.reach import access_rules
from jupyterhub_eks.config.rules.storage import storage_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import Deployment

__all__ = ["Finding", "check"]


def check(deployment: Deployment) -> Iterator[Finding]:
    """Yield everything that is wrong with, or odd about, a valid deployment."""
    settings, profiles = deployment.settings, deployment.profiles
    return chain(
        general_rules(settings),
        network_rules(settings),
        cluster_rules(settings),
        storage_rules(settings),
        login_rules(settings),
        login_page_rules(settings),
        access_rules(settings),
        appearance_rules(settings),
        budget_rules(settings),
        hub_spawner_rules(settings),
        pool_rules(profiles, settings),
        profile_rules(profiles, settings),
    )
