"""A home is put away by a job that a real API takes, and a real scheduler and controller run."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict
from lightkube.resources.core_v1 import Namespace, Node, PersistentVolume

from jupyterhub_eks.cli.home_archive import archive_home
from jupyterhub_eks.cluster_port import Kind
from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.kube.api import KubernetesApi
from jupyterhub_eks.kube.connecting import context_client
from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node
from jupyterhub_eks.people.homes import archive_job
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.z2jh.names import HOME_CLAIM
from tests.cluster.test_objects import is_gone
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client

    from tests.cluster.planes import Plane

JOBS = Kind("batch", "v1", "Job", "jobs")
SIZE = {"storage": "1Gi"}
NODE = "archive-1"
VOLUME = "homes-of-archive"
OBJECTS: tuple[dict[str, Any], ...] = (
    # As strict as a namespace can be.
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": HUB_NAMESPACE,
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        },
    },
    {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": VOLUME},
        "spec": {
            "capacity": SIZE,
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "",
            "hostPath": {"path": "/homes"},
        },
    },
    {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": HOME_CLAIM, "namespace": HUB_NAMESPACE},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "",
            "volumeName": VOLUME,
            "resources": {"requests": SIZE},
        },
    },
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "hub", "namespace": HUB_NAMESPACE},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": {"component": "hub"}},
            "template": {
                "metadata": {"labels": {"component": "hub"}},
                "spec": {
                    "containers": [{"name": "hub", "image": "hub:1"}],
                    "tolerations": [{"key": "core", "operator": "Exists"}],
                },
            },
        },
    },
)


@pytest.fixture(scope="module")
def hub(client: Client) -> Iterator[None]:
    """A node, a hub and its volume of homes, and none of it afterwards."""
    made = [from_dict(each) for each in OBJECTS]
    add_node(client, FakeNode(name=NODE))
    for each in made:
        client.create(each)
    yield
    for kind, name in ((Namespace, HUB_NAMESPACE), (PersistentVolume, VOLUME), (Node, NODE)):
        client.delete(kind, name)
        wait_for(lambda kind=kind, name=name: is_gone(client, kind, name), f"{name} is gone")


@pytest.fixture
def api(hub: None, plane: Plane) -> Iterator[KubernetesApi]:
    """What reaches the cluster that has them."""
    kubeconfig = {"KUBECONFIG": str(plane.start().kubeconfig)}
    with closing(KubernetesApi(lambda: context_client("demo", kubeconfig))) as made:
        yield made


def test_job_is_taken_and_ends(api: KubernetesApi) -> None:
    """The job passes the strictest admission, is placed and ends."""
    kept = archive_home(api, "ann@example.org")
    assert kept.startswith(".archive/ann-example-org---")
    made = api.list(JOBS, namespace=HUB_NAMESPACE)
    assert [job.body["status"]["succeeded"] for job in made] == [1]


def test_job_is_made_once(api: KubernetesApi) -> None:
    """A call that is repeated, as its answer was lost, finds the job and leaves it."""
    body = archive_job(
        "bob", "now", image="hub:1", namespace=HUB_NAMESPACE, claim=HOME_CLAIM, pull_secrets=[]
    )
    for _ in range(2):
        api.create(JOBS, body)
    names = [job.name for job in api.list(JOBS, namespace=HUB_NAMESPACE)]
    assert names.count(body["metadata"]["name"]) == 1


def test_refusal_is_told(api: KubernetesApi) -> None:
    """What the API says of an object that it does not take is the cause."""
    body = archive_job(
        "ann", "now", image="", namespace=HUB_NAMESPACE, claim=HOME_CLAIM, pull_secrets=[]
    )
    with pytest.raises(ClusterError, match="create Job") as error:
        api.create(JOBS, body)
    assert "image" in error.value.cause
