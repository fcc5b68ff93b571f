"""Other regions that offer machines which one region lacks. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyterhub_eks.instances.catalog import Catalog


def regions_with(machines: Iterable[str], region: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the regions that offer any of these machines, those of the same continent first.

    Args:
        machines: Names of types.
        region: The one that lacks them; it is not returned.
        catalog: What is known of EC2's machines.
    """
    wanted = set(machines)
    if not wanted:
        return ()
    found = [
        name
        for name in catalog.regions
        if name != region
        and (offers := catalog.offered(name)) is not None
        and any(offers.zones(machine) for machine in wanted)
    ]
    here = region.partition("-")[0]
    return tuple(sorted(found, key=lambda name: (name.partition("-")[0] != here, name)))
