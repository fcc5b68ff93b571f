"""What keeps objects of a cluster from going, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.cluster_port import ClusterObject

MOST_NAMED: Final = 3
NODES: Final = "nodes"
FORCE: Final = "; --force-drain deletes the pods that hold nodes, whatever protects them"


def held_up(
    what: str,
    present: tuple[ClusterObject, ...],
    seconds: float,
    explain: Callable[[ClusterObject], str],
) -> ClusterError:
    """Return the error of a wait that ended before everything was gone.

    Args:
        what: Name of the things.
        present: Those that are still there.
        seconds: How long they were waited for.
        explain: Tells of one of them what holds it.
    """
    return ClusterError(
        f"{what}: {len(present)} still there after {seconds:.0f} s",
        cause="\n".join(what_holds(present, explain)),
        hint="end what holds them and run the same command again, which goes on from here"
        + (FORCE if what == NODES else ""),
    )


def what_holds(
    present: tuple[ClusterObject, ...], explain: Callable[[ClusterObject], str]
) -> list[str]:
    """Return what holds some of the things that are still there, and how many more there are."""
    shown = [explain(each) for each in present[:MOST_NAMED]]
    more = len(present) - MOST_NAMED
    return [*shown, f"and {more} more"] if more > 0 else shown


def explain_namespace(namespace: ClusterObject) -> str:
    """Return what Kubernetes says keeps a namespace from going."""
    held = [
        str(each.get("message", "")).strip()
        for each in namespace.body.get("status", {}).get("conditions", [])
        if each.get("status") == "True"
    ]
    said = "; ".join(held) or "Kubernetes does not say yet what it waits for"
    return f"namespace {namespace.name} is being deleted: {said}"


def node_of(claim: ClusterObject) -> str:
    """Return the node that a NodeClaim has become; empty: none yet."""
    return str(claim.body.get("status", {}).get("nodeName", ""))


def finalizers_of(each: ClusterObject) -> str:
    """Return what is to be written after the name of an object that finalizers hold."""
    return f" (finalizer {', '.join(each.finalizers)})" if each.finalizers else ""


def is_daemon(pod: ClusterObject) -> bool:
    """Return whether a pod is of a DaemonSet, and so does not hold its node."""
    owners = pod.body.get("metadata", {}).get("ownerReferences", [])
    return any(owner.get("kind") == "DaemonSet" for owner in owners)


def covers(budget: ClusterObject, pod: ClusterObject) -> bool:
    """Return whether a budget protects a pod now; selectors by expression count as a match."""
    if budget.body.get("status", {}).get("disruptionsAllowed", 0) > 0:
        return False
    selector = budget.body.get("spec", {}).get("selector") or {}
    wanted = selector.get("matchLabels") or {}
    return all(pod.labels.get(key) == value for key, value in wanted.items())
