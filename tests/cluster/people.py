"""Users at work in a deployment: servers on nodes of Karpenter's, and a job that is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict
from lightkube.resources.policy_v1 import PodDisruptionBudget

from tests.cluster.karpenter import run_pod, start_node
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from lightkube import Client
    from lightkube.resources.core_v1 import Pod

HUB = "jupyterhub"
SERVERS = ("jupyter-ann", "jupyter-bob", "jupyter-eve")
NODES = ("cpu-1", "cpu-2", "gpu-shared-1")
# Of nobody's server: only its eviction frees the node.
JOB = "nightly-job"


def protect(client: Client, name: str, namespace: str, **labels: str) -> None:
    """Make a budget by which the only pod with some labels may not be evicted."""
    client.create(
        from_dict(
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": name, "namespace": namespace},
                "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}},
            }
        )
    )


def _hub() -> Any:
    """The hub's Deployment, as its chart would make it."""
    labels = {"app": "jupyterhub", "component": "hub"}
    return from_dict(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "hub", "namespace": HUB, "labels": labels},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "hub", "image": "example.invalid/hub:1"}]},
                },
            },
        }
    )


def _is_counted(client: Client, budget: str, namespace: str) -> bool:
    status = client.get(PodDisruptionBudget, budget, namespace=namespace).status
    return status is not None and status.currentHealthy == 1


def bring_people(client: Client) -> None:
    """Start the hub, three servers on three nodes, one protected, and a protected job.

    The job is the last change, so that a story may begin with it.
    """
    client.create(_hub())
    for name in NODES:
        start_node(client, name, name.rsplit("-", 1)[0])
    protect(client, "servers", HUB, **{"hub.jupyter.org/username": "ann"})
    protect(client, "jobs", "default", app=JOB)
    for server, node in zip(SERVERS, NODES, strict=True):
        user = server.removeprefix("jupyter-")
        labels = {"component": "singleuser-server", "hub.jupyter.org/username": user}
        run_pod(client, server, node, namespace=HUB, **labels)
    run_pod(client, JOB, NODES[1], namespace="default", app=JOB)
    for budget, namespace in (("servers", HUB), ("jobs", "default")):
        wait_for(
            lambda budget=budget, namespace=namespace: _is_counted(client, budget, namespace),
            f"budget {budget} counts its pod",
        )


def give_up_the_job(client: Client, pod: Pod) -> None:
    """Lift the budget of the job, as an administrator does who reads that it holds a node."""
    assert pod.metadata is not None
    assert pod.metadata.name == JOB
    client.delete(PodDisruptionBudget, "jobs", namespace="default")
