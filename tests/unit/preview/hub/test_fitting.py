"""A pod goes to a cluster as it is, but for what that cluster does not have."""

from __future__ import annotations

import copy
from typing import Any

from jupyterhub_eks.preview.document import ClusterFacts
from jupyterhub_eks.preview.hub.fitting import fitted

POD: dict[str, Any] = {
    "metadata": {"name": "jupyter-bob"},
    "spec": {
        "schedulerName": "jupyterhub-user-scheduler",
        "priorityClassName": "jupyterhub-default-priority",
        "volumes": [
            {"name": "home", "persistentVolumeClaim": {"claimName": "home-nfs"}},
            {"name": "files", "secret": {"secretName": "singleuser"}},
        ],
    },
}


def cluster(*, whole: bool) -> ClusterFacts:
    return ClusterFacts(
        title="here",
        kubeconfig="/k",
        simulated=True,
        address="127.0.0.1",
        priority_class=whole,
        volumes=whole,
        seconds=20,
    )


def test_a_cluster_of_its_own_has_nearly_all() -> None:
    """Only the chart's scheduler does not run there."""
    made, notes = fitted(POD, cluster(whole=True))

    assert made["spec"].pop("schedulerName", None) is None
    expected = copy.deepcopy(POD["spec"])
    del expected["schedulerName"]
    assert made["spec"] == expected
    assert len(notes) == 1


def test_what_somebodys_cluster_lacks_is_left_out_and_said() -> None:
    """A claim that is not there would let the pod wait for ever."""
    before = copy.deepcopy(POD)

    made, notes = fitted(POD, cluster(whole=False))

    assert "priorityClassName" not in made["spec"]
    assert made["spec"]["volumes"] == [{"name": "home", "emptyDir": {}}, POD["spec"]["volumes"][1]]
    assert any("jupyterhub-default-priority" in each for each in notes)
    assert any("home-nfs is an empty folder" in each for each in notes)
    assert before == POD


def test_another_scheduler_of_theirs_stays() -> None:
    """They have asked for it by name."""
    pod = {"spec": {"schedulerName": "volcano"}}

    assert fitted(pod, cluster(whole=False)) == (pod, [])
