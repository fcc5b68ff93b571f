"""Take the two resources that carry a release for the one release that they are. Pure.

So a plan, its counts and its progress read the same whether Terraform's helm provider
does the work or not; see ``carrying``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.orchestration.carrying import CARRIER_TYPE, CONTENT, RELEASE_TYPE
from jupyterhub_eks.ports import PlannedChange, Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

Actions = tuple[str, ...]
_REPLACED: Final = (("delete", "create"), ("create", "delete"))


def release_address(address: str) -> str:
    """Return the address that the helm provider would give the release of a carrier."""
    name = address.removeprefix(f"{CARRIER_TYPE}.").removesuffix(CONTENT)
    return f"{RELEASE_TYPE}.{name}"


def is_content(address: str) -> bool:
    """Return whether a carrier stands for what a release holds."""
    return address.endswith(CONTENT)


def fold_changes(changes: Sequence[PlannedChange]) -> tuple[PlannedChange, ...]:
    """Return planned changes with one entry for each release, in the place of its first."""
    actions = {each.address: each.actions for each in changes if each.type == CARRIER_TYPE}
    folded: dict[str, PlannedChange] = {}
    for each in changes:
        if each.type != CARRIER_TYPE:
            # A resource that is imported and changed has two entries.
            folded[f"{each.address} {each.actions}"] = each
            continue
        carrier = each.address.removesuffix(CONTENT)
        address = release_address(carrier)
        folded[address] = PlannedChange(
            address=address,
            type=RELEASE_TYPE,
            actions=release_actions(actions.get(carrier, ()), actions.get(carrier + CONTENT, ())),
        )
    return tuple(folded.values())


def release_actions(release: Actions, content: Actions) -> Actions:
    """Return what happens to a release, from what happens to its carriers; empty: nothing.

    Args:
        release: Actions of the resource whose destruction uninstalls.
        content: Actions of the resource whose creation installs or upgrades.
    """
    if release in {("create",), ("delete",), *_REPLACED}:
        return release
    # Destroying the content does nothing, so a new one is an upgrade in place.
    return ("update",) if content in _REPLACED else content or release


def fold_progress(progress: Progress) -> Progress | None:
    """Return progress with a release; ``None`` for the half in which nothing is done."""
    kind = progress.address.partition(".")[0]
    if kind != CARRIER_TYPE:
        return progress
    idle = {"create": False, "delete": True}.get(progress.action)
    if idle is is_content(progress.address):
        return None
    return Progress(
        address=release_address(progress.address), action=progress.action, status=progress.status
    )
