"""Judge system nodes: their Kubernetes version and the day of their machine image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks import versions
from jupyterhub_eks.upgrades.model import Item
from jupyterhub_eks.upgrades.numbers import is_older
from jupyterhub_eks.upgrades.support import support_state, worst

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from jupyterhub_eks.upgrades.model import Found, NodeGroup, State


def node_items(found: Found, today: date) -> Iterator[Item]:
    """Yield the managed node groups; there is more than one while one is replaced."""
    lagging, stale = lagging_groups(found), stale_groups(found)
    for group in found.node_groups:
        ends = versions.IMAGE_SUPPORT_ENDS["al2023"]
        states: list[State] = [support_state(ends, today)]
        if group in (*lagging, *stale):
            states.append("behind")
        yield Item(
            name="system nodes" if len(found.node_groups) == 1 else f"system nodes {group.name}",
            group="system-nodes",
            deployed=group.release or group.version,
            wanted=found.kubernetes if group in lagging else "",
            state=worst(states),
            support_ends=ends,
            source=versions.IMAGE_SOURCES["al2023"],
            notes=(f"newer images are there, at least that of {versions.AL2023_IMAGE}",)
            if group in stale
            else (),
        )


def lagging_groups(found: Found) -> tuple[NodeGroup, ...]:
    """Return the node groups of an older minor than the control plane."""
    return tuple(group for group in found.node_groups if is_older(group.version, found.kubernetes))


def stale_groups(found: Found) -> tuple[NodeGroup, ...]:
    """Return the other node groups whose image is older than that of user nodes."""
    lagging = lagging_groups(found)
    return tuple(
        group
        for group in found.node_groups
        if group not in lagging and _day(group.release) < _day(versions.AL2023_IMAGE)
    )


def _day(release: str) -> str:
    """Return the day in a release, e.g. ``20261023``; one that has none is never too old."""
    day = release.rpartition("-")[2].removeprefix("v")
    return day if day.isdigit() else "99999999"
