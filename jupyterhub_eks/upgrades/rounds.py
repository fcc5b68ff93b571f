"""In which order a deployment moves: rounds of one command each, and the steps of each.

A control plane moves by one minor at a time, so each minor is a round. What else is behind
moves with the first round that `jhub deploy` does; a Karpenter that is too old for the next
minor moves in a round of its own before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.upgrades.changes import behind, moves_of_a_minor, steps_of
from jupyterhub_eks.upgrades.cluster_items import KUBERNETES, target_of
from jupyterhub_eks.upgrades.model import Round
from jupyterhub_eks.upgrades.node_items import stale_groups
from jupyterhub_eks.upgrades.numbers import hops, is_older
from jupyterhub_eks.upgrades.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.upgrades.changes import Changes
    from jupyterhub_eks.upgrades.model import Cluster, Found, Item, NodeGroup, Step, Wanted


def plan_rounds(
    cluster: Cluster, wanted: Wanted, found: Found, items: Iterable[Item]
) -> tuple[Round, ...]:
    """Return the rounds that bring a deployment to what is wanted; none where nothing moves.

    Args:
        cluster: The EKS cluster, for commands of the AWS CLI.
        wanted: What the configuration asks for.
        found: What is deployed; without a control plane there is nothing to move.
        items: The judgements on it.
    """
    if not found.kubernetes:
        return ()
    path = hops(found.kubernetes, target_of(wanted, found))
    pending = behind(items)
    rounds = _before_the_path(cluster, wanted, found, path, pending)
    if rounds:
        pending = {}
    configured = next((each.edit for each in rounds if each.edit), wanted.kubernetes)
    current = found.kubernetes
    for minor in path:
        reason = _too_old_for(minor, found) if pending else ""
        if is_deployable(minor):
            steps = steps_of({**pending, **moves_of_a_minor(wanted, found, current, minor)})
            edit = minor if minor != configured else ""
            reason = f"{reason}: this moves it too, after the nodes" if reason else ""
            rounds.append(_deploy(cluster, minor, edit, reason, steps))
            pending, configured = {}, minor
        else:
            rounds.append(_by_hand(cluster, found.node_groups, current, minor, reason))
        current = minor
    if not path:
        rounds += _image_rounds(cluster, found)
    return tuple(rounds)


def is_deployable(minor: str) -> bool:
    """Return whether this release is built for a Kubernetes version."""
    return minor in KUBERNETES and KUBERNETES[minor].deployable


def _before_the_path(
    cluster: Cluster, wanted: Wanted, found: Found, path: tuple[str, ...], pending: Changes
) -> list[Round]:
    """Return the round at the present Kubernetes version, where one is needed."""
    current = found.kubernetes
    reason = _too_old_for(path[0], found) if path else ""
    if not pending or not is_deployable(current) or (path and not reason):
        return []
    edit = current if wanted.kubernetes != current else ""
    return [_deploy(cluster, current, edit, reason, steps_of(pending))]


def _deploy(cluster: Cluster, minor: str, edit: str, reason: str, steps: tuple[Step, ...]) -> Round:
    return Round(
        kubernetes=minor, edit=edit, commands=(cluster.deploy,), reason=reason, steps=steps
    )


def _too_old_for(minor: str, found: Found) -> str:
    """Return that the deployed Karpenter does not know a Kubernetes version; empty: it does."""
    deployed = found.charts.get(PARTS["karpenter"].chart, "")
    known = KUBERNETES.get(minor)
    if deployed and known and known.karpenter and is_older(deployed, known.karpenter):
        return f"Kubernetes {minor} needs Karpenter {known.karpenter} or newer, {deployed} runs"
    return ""


def _by_hand(
    cluster: Cluster, groups: tuple[NodeGroup, ...], current: str, minor: str, warning: str
) -> Round:
    """Return the round of a minor that this release cannot deploy."""
    where = f"--region {cluster.region} --name {cluster.name}"
    changes = {"control-plane": (current, minor)}
    if groups:
        changes["system-nodes"] = (current, minor)
    reason = f"this release of jhub does not deploy {minor}"
    return Round(
        kubernetes=minor,
        by="aws",
        commands=(
            f"aws eks update-cluster-version {where} --kubernetes-version {minor}",
            *(f"{_update(cluster, group)} --kubernetes-version {minor}" for group in groups),
        ),
        reason=f"{reason}; {warning}" if warning else reason,
        steps=steps_of(changes),
    )


def _image_rounds(cluster: Cluster, found: Found) -> Iterator[Round]:
    """Yield the round for a machine image that `jhub deploy` leaves as it is."""
    stale = stale_groups(found)
    if stale:
        yield Round(
            kubernetes=found.kubernetes,
            by="aws",
            commands=tuple(_update(cluster, group) for group in stale),
            reason="`jhub deploy` gives them a new image with a new Kubernetes version only",
            steps=steps_of({"system-nodes": ("", "")}),
        )


def _update(cluster: Cluster, group: NodeGroup) -> str:
    return (
        f"aws eks update-nodegroup-version --region {cluster.region} "
        f"--cluster-name {cluster.name} --nodegroup-name {group.name}"
    )
