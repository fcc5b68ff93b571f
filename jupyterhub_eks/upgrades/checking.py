"""Put a check together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.upgrades.chart_items import chart_items, image_items, machine_items
from jupyterhub_eks.upgrades.cluster_items import cluster_items
from jupyterhub_eks.upgrades.model import Check
from jupyterhub_eks.upgrades.node_items import node_items
from jupyterhub_eks.upgrades.rounds import plan_rounds
from jupyterhub_eks.upgrades.support import worst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from jupyterhub_eks.upgrades.model import Cluster, Found, Wanted


def check(
    cluster: Cluster,
    wanted: Wanted,
    found: Found,
    machine: Mapping[str, str],
    today: date,
    *,
    notes: tuple[str, ...] = (),
) -> Check:
    """Judge a deployment, or its configuration alone where nothing is deployed.

    Args:
        cluster: The EKS cluster.
        wanted: What the configuration asks for.
        found: What is deployed.
        machine: Versions of Terraform and Python of this machine, by these names.
        today: Day for which support is judged.
        notes: What else to know, for example that AWS did not answer.
    """
    items = (
        *cluster_items(wanted, found, today),
        *node_items(found, today),
        *chart_items(wanted, found, today),
        *image_items(wanted, found, today),
        *machine_items(machine, today),
    )
    return Check(
        judged_on=today,
        is_deployed=not found.is_empty,
        state=worst(item.state for item in items),
        items=items,
        rounds=plan_rounds(cluster, wanted, found, items),
        notes=notes,
    )
