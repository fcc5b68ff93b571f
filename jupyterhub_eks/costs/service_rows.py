"""Prices of services of a region as lines of a file: a service and its price per unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.instances.price_rows import currency_of
from jupyterhub_eks.instances.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from jupyterhub_eks.instances.model import Source


def services_table(region: str, by_name: Mapping[str, Decimal], source: Source) -> Table:
    """Return the file of a region's prices of services."""
    lines = [f"{name} {by_name[name].normalize():f}" for name in sorted(by_name)]
    more = {"region": region, "currency": currency_of(region)}
    return Table(kind="services", source=source, lines=lines, more=more)
