"""What the cluster does with objects: nodes, pods, volumes, namespaces, Karpenter's kinds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from httpx2 import HTTPStatusError
from lightkube.codecs import from_dict, load_all_yaml
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import create_global_resource
from lightkube.resources.apiextensions_v1 import CustomResourceDefinition
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import (
    ConfigMap,
    Namespace,
    Node,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
)

from jupyterhub_eks.local.cluster.audit import read_changes
from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from lightkube import Client

    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

NodePool = create_global_resource("karpenter.sh", "v1", "NodePool", "nodepools")
WITHOUT_DURATION = {"nodes": "1", "schedule": "@daily"}
CONTAINERS = [{"name": "main", "image": "example.invalid/nothing:1"}]


def document(kind: str, name: str, namespace: str = "", **parts: Any) -> Any:
    """An object of the core API."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    version = parts.pop("version", "v1")
    return from_dict({"apiVersion": version, "kind": kind, "metadata": metadata, **parts})


def is_ready(client: Client, node: str) -> bool:
    status = client.get(Node, node).status
    conditions = (status.conditions if status else None) or []
    return any(each.type == "Ready" and each.status == "True" for each in conditions)


def is_gone(client: Client, kind: Any, name: str, **where: str) -> bool:
    try:
        client.get(kind, name, **where)
    except ApiError as error:
        if error.status.code != 404:
            raise
        return True
    return False


@pytest.fixture
def node(plane: Plane, client: Client) -> Any:
    """A fake node with a label of its own."""
    name = f"node-{uuid.uuid4().hex[:8]}"
    add_node(client, FakeNode(name=name, labels={"jhub.test/node": name}))
    yield name
    client.delete(Node, name)


def run_pod(client: Client, namespace: str, node: str, **spec: Any) -> str:
    name = f"pod-{uuid.uuid4().hex[:8]}"
    selector = {"nodeSelector": {"jhub.test/node": node}}
    client.create(
        document("Pod", name, namespace, spec={"containers": CONTAINERS, **selector, **spec})
    )
    return name


def phase(client: Client, namespace: str, pod: str) -> str:
    status = client.get(Pod, pod, namespace=namespace).status
    return (status.phase if status else None) or ""


def test_a_fake_node_becomes_ready(client: Client, node: str) -> None:
    """Without a machine, with what it was said to have, and without a taint that keeps pods off."""
    wait_for(lambda: is_ready(client, node), "the node is ready")

    found = client.get(Node, node)
    assert found.status is not None
    assert found.spec is not None
    assert found.status.allocatable == {
        "cpu": "2", "memory": "8Gi", "pods": "29", "ephemeral-storage": "50Gi",
    }  # fmt: skip
    wait_for(lambda: not (client.get(Node, node).spec or found.spec).taints, "it has no taints")


def test_a_node_has_the_accelerators_and_taints_it_was_given(plane: Plane, client: Client) -> None:
    """A GPU pod lands on the node that has one and is tolerated, and on no other."""
    name = f"gpu-{uuid.uuid4().hex[:8]}"
    add_node(
        client,
        FakeNode(
            name=name,
            capacity={"cpu": "4", "memory": "16Gi", "pods": "20", "nvidia.com/gpu": "4"},
            labels={"jhub.test/node": name},
            taints=(("nvidia.com/gpu", "true", "NoSchedule"),),
            provider_id="aws:///us-west-2a/i-0123456789abcdef0",
        ),
    )
    limits = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
    tolerations = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
    try:
        spec = {"containers": [{**CONTAINERS[0], **limits}]}
        tolerant = run_pod(client, "default", name, tolerations=tolerations, **spec)
        other = run_pod(client, "default", name, **spec)
        wait_for(lambda: phase(client, "default", tolerant) == "Running", "the pod runs")
        assert phase(client, "default", other) == "Pending"
        found = client.get(Node, name).spec
        assert found is not None
        assert found.providerID == "aws:///us-west-2a/i-0123456789abcdef0"
    finally:
        for pod in (tolerant, other):
            client.delete(Pod, pod, namespace="default")
        client.delete(Node, name)


def test_a_pod_is_scheduled_and_runs(client: Client, node: str, namespace: str) -> None:
    """The real scheduler binds it, and it is reported as ready with an address."""
    name = run_pod(client, namespace, node, initContainers=[{"name": "first", "image": "x"}])
    wait_for(lambda: phase(client, namespace, name) == "Running", "the pod runs")

    pod = client.get(Pod, name, namespace=namespace)
    assert pod.spec is not None
    assert pod.status is not None
    assert pod.spec.nodeName == node
    assert pod.status.podIP
    conditions = {each.type: each.status for each in pod.status.conditions or ()}
    assert (conditions["Ready"], conditions["Initialized"]) == ("True", "True")
    client.delete(Pod, name, namespace=namespace)
    wait_for(lambda: is_gone(client, Pod, name, namespace=namespace), "the pod is gone")


def test_a_pod_that_fits_nowhere_stays_pending(client: Client, node: str, namespace: str) -> None:
    """More than a node has is not given: the scheduler says so in an event of the pod."""
    huge = {"resources": {"requests": {"cpu": "64"}}}
    name = run_pod(client, namespace, node, containers=[{**CONTAINERS[0], **huge}])

    def reason() -> str:
        status = client.get(Pod, name, namespace=namespace).status
        conditions = (status.conditions if status else None) or []
        return next((each.reason or "" for each in conditions if each.type == "PodScheduled"), "")

    wait_for(lambda: reason() == "Unschedulable", "it is unschedulable")
    assert phase(client, namespace, name) == "Pending"


def test_a_job_is_completed(client: Client, node: str, namespace: str) -> None:
    """Hooks of charts are Jobs: their pods succeed, and the Job controller says it is done."""
    template = {"spec": {"containers": CONTAINERS, "restartPolicy": "Never"}}
    client.create(
        document("Job", "hook", namespace, version="batch/v1", spec={"template": template})
    )

    def succeeded() -> int:
        status = client.get(Job, "hook", namespace=namespace).status
        return (status.succeeded if status else None) or 0

    wait_for(lambda: succeeded() == 1, "the job has succeeded")


def test_a_claim_binds_to_its_volume(client: Client, namespace: str) -> None:
    """The real controller binds a volume that was made for a claim, as EFS volumes are."""
    name = f"home-{uuid.uuid4().hex[:8]}"
    size = {"storage": "1Gi"}
    shared = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    client.create(
        document(
            "PersistentVolume",
            name,
            spec={
                **shared,
                "capacity": size,
                "csi": {"driver": "efs.csi.aws.com", "volumeHandle": "fs-0123::fsap-0123"},
                "claimRef": {"namespace": namespace, "name": name},
            },
        )
    )
    claim = {**shared, "volumeName": name, "resources": {"requests": size}}
    try:
        client.create(document("PersistentVolumeClaim", name, namespace, spec=claim))

        def bound() -> bool:
            status = client.get(PersistentVolumeClaim, name, namespace=namespace).status
            return status is not None and status.phase == "Bound"

        wait_for(bound, "the claim is bound")
    finally:
        client.delete(PersistentVolume, name)


def test_a_namespace_goes_with_all_it_holds(client: Client, node: str) -> None:
    """Deletion ends: the controllers remove what is in it and then its finalizer."""
    name = f"gone-{uuid.uuid4().hex[:8]}"
    client.create(document("Namespace", name))
    client.create(document("ConfigMap", "held", name, data={"a": "b"}))
    pod = run_pod_when_admitted(client, name, node)

    client.delete(Namespace, name)

    wait_for(lambda: is_gone(client, Namespace, name), "the namespace is gone")
    assert is_gone(client, Pod, pod, namespace=name)


def run_pod_when_admitted(client: Client, namespace: str, node: str) -> str:
    """Run a pod; in a namespace that was just made its service account may be missing."""
    made: list[str] = []

    def run() -> bool:
        try:
            made.append(run_pod(client, namespace, node))
        except ApiError as error:
            if "serviceaccount" not in (error.status.message or ""):
                raise
            return False
        return True

    wait_for(run, "the pod is admitted")
    wait_for(lambda: phase(client, namespace, made[0]) == "Running", "the pod runs")
    return made[0]


def test_the_audit_log_tells_the_order(plane: Plane, client: Client, namespace: str) -> None:
    """Every change is one line with its verb, its object and who asked, in order."""
    names = [f"step-{index}" for index in (1, 2, 3)]
    for name in names:
        client.create(document("ConfigMap", name, namespace))
    for name in reversed(names):
        client.delete(ConfigMap, name, namespace=namespace)

    log = plane.start().audit_log
    seen = [
        (change.verb, change.name)
        for change in read_changes(log)
        if change.namespace == namespace and change.user == "jhub-admin" and change.ok
    ]
    creates, deletes = seen[:3], seen[3:]
    assert creates == [("create", name) for name in names]
    assert deletes == [("delete", name) for name in reversed(names)]


@pytest.fixture(scope="module")
def karpenter(build: Build, client: Client) -> None:
    """Karpenter's kinds, as its release defines them."""
    for path in crd_files(build):
        for definition in load_all_yaml(path.read_text()):
            client.apply(definition, force=True)

    def served() -> bool:
        established = all(
            any(c.type == "Established" and c.status == "True" for c in each.status.conditions)
            for each in client.list(CustomResourceDefinition)
            if each.status and each.status.conditions
        )
        try:
            list(client.list(NodePool))
        except HTTPStatusError:  # established a moment before it is served
            return False
        return established

    wait_for(served, "the API serves Karpenter's kinds")
    assert len(list(client.list(CustomResourceDefinition))) == 5


def node_pool(name: str, **spec: Any) -> Any:
    """A NodePool that the API accepts, with parts of its spec changed."""
    template = {
        "spec": {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "cpu"},
            "requirements": [
                {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]}
            ],
        }
    }
    body = {
        "template": template,
        "disruption": {"consolidationPolicy": "WhenEmpty", "consolidateAfter": "5m"},
        **spec,
    }
    return NodePool.from_dict(
        {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": name},
            "spec": body,
        }
    )


@pytest.mark.usefixtures("karpenter")
def test_a_valid_node_pool_is_accepted(client: Client) -> None:
    """What is refused below is refused for its fault alone."""
    client.create(node_pool("valid"))
    client.delete(NodePool, "valid")


@pytest.mark.usefixtures("karpenter")
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"weight": 101}, "less than or equal to 100"),
        ({"disruption": {"consolidateAfter": "soon"}}, "consolidateAfter"),
        (
            {"disruption": {"consolidateAfter": "5m", "budgets": [WITHOUT_DURATION]}},
            "'schedule' must be set with 'duration'",
        ),
        (
            {"template": {"spec": {"requirements": [], "nodeClassRef": {}}}},
            "nodeClassRef",
        ),
    ],
)
def test_a_faulty_node_pool_is_refused(client: Client, fault: Any, message: str) -> None:
    """Schema and rules (CEL) are checked by the API server, with a reason."""
    with pytest.raises(ApiError) as refused:
        client.create(node_pool("faulty", **fault))

    assert refused.value.status.code == 422
    assert message in (refused.value.status.message or "")


@pytest.mark.usefixtures("karpenter")
def test_a_field_that_karpenter_does_not_know_is_refused(plane: Plane) -> None:
    """With strict validation, which Helm asks for, a misspelt field is an error."""
    status, answer = plane.post(
        "/apis/karpenter.sh/v1/nodepools?fieldValidation=Strict",
        node_pool("misspelt", consolidation="5m").to_dict(),
    )

    assert status == 400
    assert 'unknown field "spec.consolidation"' in answer["message"]
