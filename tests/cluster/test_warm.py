"""Room that is kept for servers, with the real Helm, scheduler and preemption."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict, load_all_yaml
from lightkube.resources.core_v1 import Node, Pod

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node
from jupyterhub_eks.releases import catalog, labels
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.resources import data_root
from tests.cluster.waiting import wait_for
from tests.support.helm import helm_or_skip
from tests.support.spawned import Hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lightkube import Client

    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

NAMESPACE = "kube-system"
POOLS = {
    "shared": {"instances": ["m7i.xlarge"], "warm": {"servers": 3}},
    "alone": {"instances": ["m7i.xlarge"], "dedicated": True, "warm": {"servers": 1, "nodes": 2}},
}
PROFILES = [
    {
        "name": name,
        "pool": name,
        "default": name == "shared",
        "cpu": {"guarantee": 1, "limit": 1},
        "memory": {"guarantee": "2G", "limit": "2G"},
    }
    for name in POOLS
]


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    """Two pools, one of them with a machine for each server."""
    profiles = ProfilesFile.model_validate({"pools": POOLS, "profiles": PROFILES})
    return Deployment(settings=DeploymentFile(), profiles=profiles)


@pytest.fixture(scope="module")
def installed(
    build: Build,
    plane: Plane,
    client: Client,
    deployment: Deployment,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Client]:
    """The chart of the nodes, installed by Helm as a deploy does, where no node is yet."""
    for path in crd_files(build):
        for definition in load_all_yaml(path.read_text(encoding="utf-8")):
            client.apply(definition, force=True)
    folder = tmp_path_factory.mktemp("helm")
    helm = _helm(plane, folder)
    place = NodePlace(instance_profile="profile")
    objects = node_objects(deployment.profiles, deployment.settings, place)
    values = folder / "values.json"
    values.write_text(json.dumps({"objects": objects}), encoding="utf-8")
    chart = str(data_root() / catalog.NODES.folder)
    helm("upgrade", "--install", "warm", chart, "--wait", "--timeout", "60s", "-f", str(values))
    try:
        yield client
    finally:
        helm("uninstall", "warm")


def _helm(plane: Plane, folder: Path) -> Callable[..., None]:
    env = {**os.environ, "HOME": str(folder), "KUBECONFIG": str(plane.start().kubeconfig)}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [str(helm_or_skip()), *arguments, "-n", NAMESPACE],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture
def node(installed: Client, request: pytest.FixtureRequest) -> Iterator[str]:
    """A node of the pool that the test names, as Karpenter would start it."""
    name = request.param
    add_node(
        installed,
        FakeNode(
            name=f"warm-{name}",
            capacity={"cpu": "3", "memory": "16Gi", "pods": "58"},
            labels={labels.POOL: name, labels.NODE_PURPOSE: labels.USER},
            taints=((labels.USER_TAINT.key, labels.USER_TAINT.value, "NoSchedule"),),
        ),
    )
    yield name
    installed.delete(Node, f"warm-{name}")


def placeholders(client: Client, pool: str, *, bound: bool) -> list[Pod]:
    """Return the placeholders of a pool that have a node, or that wait for one."""
    found = client.list(Pod, namespace=NAMESPACE, labels={labels.PLACEHOLDER: pool})
    return [
        pod
        for pod in found
        if pod.spec
        and bool(pod.spec.nodeName) == bound
        and pod.metadata
        and not pod.metadata.deletionTimestamp
    ]


def start_server(
    client: Client, deployment: Deployment, pool: str, namespace: str, user: str
) -> Callable[[], Any]:
    """Post the pod that the hub would, and return how to ask for its node."""
    hub = Hub(deployment)
    choice = next(each for each in hub.choices() if each.profile == pool)
    made = hub.pod(choice, user)
    name = made["metadata"]["name"]
    # Neither its volumes nor its class of priority are here; 0 is what that class says.
    spec = {**made["spec"], "volumes": [], "initContainers": []}
    spec.pop("priorityClassName", None)
    for container in spec["containers"]:
        container["volumeMounts"] = []
    metadata = {"name": name, "namespace": namespace, "labels": made["metadata"]["labels"]}
    document = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    client.create(from_dict(document))

    def where() -> Any:
        found = client.get(Pod, name, namespace=namespace).spec
        return found.nodeName if found else None

    return where


@pytest.mark.parametrize("node", ["shared"], indirect=True)
def test_a_user_takes_the_place_of_a_placeholder_at_once(
    installed: Client, deployment: Deployment, node: str, namespace: str
) -> None:
    """Helm did not wait for nodes; three hold a node of three cores; a server needs one of it."""
    wait_for(lambda: len(placeholders(installed, node, bound=True)) == 3, "all hold the node")

    where = start_server(installed, deployment, node, namespace, "ann")

    wait_for(lambda: where() == "warm-shared", "the server has its node")
    wait_for(
        lambda: len(placeholders(installed, node, bound=False)) == 1, "one waits for a new node"
    )
    assert len(placeholders(installed, node, bound=True)) == 2


@pytest.mark.parametrize("node", ["alone"], indirect=True)
def test_c1_a_dedicated_machine_has_one_server_and_no_placeholder(
    installed: Client, deployment: Deployment, node: str, namespace: str
) -> None:
    """There would be room for three; the first gets it at once, the second pushes nobody out."""
    wait_for(lambda: len(placeholders(installed, node, bound=True)) == 1, "it holds the node")

    first = start_server(installed, deployment, node, namespace, "ben")
    wait_for(lambda: first() == "warm-alone", "the first has the node", 10.0)
    wait_for(lambda: len(placeholders(installed, node, bound=False)) == 1, "the placeholder waits")
    second = start_server(installed, deployment, node, namespace, "cho")

    def is_refused() -> bool:
        found = installed.list(Pod, namespace=namespace)
        conditions = [
            condition.message or ""
            for pod in found
            if pod.status and pod.spec and not pod.spec.nodeName
            for condition in pod.status.conditions or []
        ]
        return any("anti-affinity" in each for each in conditions)

    wait_for(is_refused, "the scheduler says why")
    assert second() is None
    assert first() == "warm-alone"
