"""What moves in a round, and the steps that this makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.upgrades.model import Step
from jupyterhub_eks.upgrades.numbers import is_older
from jupyterhub_eks.upgrades.parts import NETWORK_ADDONS, PART_OF_CHART, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyterhub_eks.upgrades.model import Found, Item, Wanted

    # Versions before and after by part; empty ones where several things move.
    Changes = Mapping[str, tuple[str, str]]


def steps_of(changes: Changes) -> tuple[Step, ...]:
    """Return a step per part that moves, each after those it needs."""
    return tuple(
        Step(
            part=name,
            title=part.title,
            before=changes[name][0],
            after=changes[name][1],
            effect=part.effect,
        )
        for name, part in PARTS.items()
        if name in changes
    )


def behind(items: Iterable[Item]) -> dict[str, tuple[str, str]]:
    """Return what `jhub deploy` moves at any Kubernetes version."""
    changes: dict[str, tuple[str, str]] = {}
    for item in items:
        part = _part_of(item)
        if part and item.deployed and item.wanted and is_older(item.deployed, item.wanted):
            changes[part] = ("", "") if part in changes else (item.deployed, item.wanted)
    return changes


def moves_of_a_minor(
    wanted: Wanted, found: Found, current: str, minor: str
) -> dict[str, tuple[str, str]]:
    """Return what a new control plane moves: add-ons and images are made for one minor."""
    versions = (current, minor)
    changes = {"control-plane": versions}
    if NETWORK_ADDONS & set(found.addons):
        changes["network-addons"] = ("", "")
    if found.node_groups:
        changes["system-nodes"] = versions
    if set(found.addons) - NETWORK_ADDONS:
        changes["addons"] = ("", "")
    if found.images or (wanted.images and found.charts):
        changes["user-nodes"] = versions
    return changes


def _part_of(item: Item) -> str:
    """Return the part that a judged thing belongs to; empty: `jhub deploy` does not move it."""
    if item.group == "chart":
        return PART_OF_CHART[item.name]
    if item.group == "image":
        return "user-nodes"
    if item.group == "add-on":
        return "network-addons" if item.name in NETWORK_ADDONS else "addons"
    return "system-nodes" if item.group == "system-nodes" else ""
