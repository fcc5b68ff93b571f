"""Why a pod of a cluster is not running yet, in the cluster's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NOTHING = "the cluster says nothing of it"


def why_waiting(pod: Mapping[str, Any] | None) -> str:
    """Return why a pod waits.

    Args:
        pod: As the API returns it; None: the API has none.
    """
    if pod is None:
        return "the cluster has no such pod"
    status = pod.get("status") or {}
    for each in status.get("conditions") or ():
        if (each["type"], each["status"]) == ("PodScheduled", "False"):
            return str(each.get("message") or each.get("reason") or _NOTHING)
    return "; ".join(_of_containers(status)) or str(status.get("message") or _NOTHING)


def _of_containers(status: Mapping[str, Any]) -> Iterator[str]:
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(key) or ():
            state = container.get("state") or {}
            found = state.get("waiting") or state.get("terminated")
            if found and found.get("reason") != "Completed":
                parts = (found.get("reason"), found.get("message"))
                yield f"container {container['name']}: {': '.join(filter(None, parts))}"


def is_scheduled(pod: Mapping[str, Any] | None) -> bool:
    """Return whether a pod has its node."""
    return bool(pod and (pod.get("spec") or {}).get("nodeName"))
