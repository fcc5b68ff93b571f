"""Releases that Terraform has in a state and that are not in the cluster.

A carrier whose chart was nowhere to be had is made all the same, so that the stacks after it
can go on. It must not be counted as if something had been installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration.carrying import CARRIER_TYPE, UNREACHABLE, content_in_state
from jupyterhub_eks.orchestration.kubernetes import lives_in_cluster
from jupyterhub_eks.orchestration.release_folding import is_content, release_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jupyterhub_eks.orchestration.session import Session
    from jupyterhub_eks.orchestration.statefile import StateResource
    from jupyterhub_eks.ports import PlannedChange


def releases_not_installed(session: Session, stack: str) -> dict[str, str]:
    """Return chart and version of each release of a stack that is not installed, by address.

    A release whose new chart cannot be reached counts as well: what was asked for is not there.

    Raises:
        StateError: The state cannot be read.
    """
    # Releases are only ever carried on this machine; elsewhere a state may be far away.
    is_local = session.ctx.target.kind == "local"
    if not is_local or not lives_in_cluster(session.ctx.workspace.stack_dir(stack)):
        return {}
    return not_installed_in(session.state(stack).resources)


def not_installed_in(resources: Iterable[StateResource]) -> dict[str, str]:
    """Return chart and version of each release in a state that is not installed, by address."""
    found: dict[str, str] = {}
    for each in resources:
        if each.type == CARRIER_TYPE and is_content(each.address):
            content = content_in_state(each.attributes)
            if content.digest == UNREACHABLE:
                found[release_address(each.address)] = f"{content.chart} {content.version}".strip()
    return found


def count_resources(resources: Iterable[StateResource]) -> int:
    """Return how many resources are there: a carried release is one, or none if not installed."""
    listed = tuple(resources)
    missing = not_installed_in(listed)
    there = {
        release_address(each.address) if each.type == CARRIER_TYPE else each.address
        for each in listed
    }
    return len(there - missing.keys())


def without(
    changes: tuple[PlannedChange, ...], addresses: Collection[str]
) -> tuple[PlannedChange, ...]:
    """Return the changes but for those of the addresses."""
    return tuple(each for each in changes if each.address not in addresses)
