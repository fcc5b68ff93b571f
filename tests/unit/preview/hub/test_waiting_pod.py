"""Why a pod waits, in the words of the scheduler or of the kubelet."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.preview.hub.waiting_pod import is_scheduled, why_waiting

NO_ROOM = "0/3 nodes are available: 3 Insufficient cpu."
UNPULLED = {"name": "notebook", "state": {"waiting": {"reason": "ErrImagePull", "message": "no"}}}
DONE = {"name": "block", "state": {"terminated": {"reason": "Completed", "exitCode": 0}}}
CRASHED = {"name": "block", "state": {"terminated": {"reason": "Error", "exitCode": 3}}}


def condition(status: str, **words: str) -> dict[str, Any]:
    return {"conditions": [{"type": "PodScheduled", "status": status, **words}]}


@pytest.mark.parametrize(
    ("pod", "words"),
    [
        (None, "the cluster has no such pod"),
        ({}, "the cluster says nothing of it"),
        ({"status": {"phase": "Pending", "conditions": None}}, "the cluster says nothing of it"),
        ({"status": condition("False", reason="Unschedulable", message=NO_ROOM)}, NO_ROOM),
        ({"status": condition("False", reason="SchedulingGated")}, "SchedulingGated"),
        (
            {"status": condition("True") | {"containerStatuses": [UNPULLED]}},
            "container notebook: ErrImagePull: no",
        ),
        (
            {"status": {"initContainerStatuses": [DONE], "containerStatuses": [UNPULLED]}},
            "container notebook: ErrImagePull: no",
        ),
        ({"status": {"initContainerStatuses": [CRASHED]}}, "container block: Error"),
        ({"status": {"message": "The node was low on memory."}}, "The node was low on memory."),
    ],
)
def test_the_clusters_own_words(pod: dict[str, Any] | None, words: str) -> None:
    """Of the scheduler before a node was found, of the containers after it."""
    assert why_waiting(pod) == words


def test_a_node_makes_the_difference() -> None:
    """The message says whether none was found, or the pod did not run there."""
    assert is_scheduled({"spec": {"nodeName": "n"}})
    assert not is_scheduled({"spec": {}})
    assert not is_scheduled(None)
