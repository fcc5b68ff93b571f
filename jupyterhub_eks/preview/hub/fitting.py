"""A user's pod as the cluster of a preview can take it, which has not all that is deployed."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jupyterhub_eks.preview.document import ClusterFacts

# The chart's own scheduler, where the values ask for it.
_USER_SCHEDULER: Final = "-user-scheduler"


def fitted(pod: dict[str, Any], cluster: ClusterFacts) -> tuple[dict[str, Any], list[str]]:
    """Return the pod without what the cluster lacks, and what was changed.

    Args:
        pod: As a deployed hub would post it.
        cluster: The cluster.
    """
    made, notes = copy.deepcopy(pod), []
    spec = made["spec"]
    if str(spec.get("schedulerName", "")).endswith(_USER_SCHEDULER):
        del spec["schedulerName"]
        notes.append("The cluster's default scheduler finds its node, not the chart's own.")
    if spec.get("priorityClassName") and not cluster["priority_class"]:
        name = spec.pop("priorityClassName")
        notes.append(f"The cluster has no class of priority {name}: it was left out.")
    if not cluster["volumes"]:
        notes += [_emptied(each) for each in spec.get("volumes") or () if _CLAIM in each]
    return made, notes


_CLAIM: Final = "persistentVolumeClaim"


def _emptied(volume: dict[str, Any]) -> str:
    claim = volume.pop(_CLAIM)["claimName"]
    volume["emptyDir"] = {}
    return f"The volume claim {claim} is an empty folder of the pod, which is gone with it."
