"""What holds up a destroy, asked of a real API: named, never forced, and gone on from."""

from __future__ import annotations

from base64 import b64decode
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from httpx2 import HTTPStatusError
from lightkube.codecs import load_all_yaml
from lightkube.resources.core_v1 import Node, Pod
from lightkube.resources.policy_v1 import PodDisruptionBudget
from lightkube.types import PatchType

from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.kube.api import KubernetesApi
from jupyterhub_eks.kube.connecting import context_client, eks_client
from jupyterhub_eks.local.cluster.crds import crd_files
from jupyterhub_eks.local.cluster.nodes import connect
from jupyterhub_eks.orchestration.draining import NODE_CLAIM, NODE_POOL, Drain, Patience
from tests.cluster.karpenter import FINALIZER, Karpenter, NodeClaim, NodePool, run_pod, start_node
from tests.cluster.people import protect
from tests.cluster.stuck import HOLD, stuck_namespace
from tests.cluster.test_objects import is_gone, node_pool
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightkube import Client

    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

POOL = "cpu"
CLAIM = "cpu-drain-1"


@pytest.fixture
def api(plane: Plane) -> Iterator[KubernetesApi]:
    """What destroy works with, for the cluster of the session."""
    with closing(KubernetesApi(lambda: administrator(plane))) as made:
        yield made


def administrator(plane: Plane) -> Client:
    """Return a client of the product for the context of the control plane."""
    return context_client("demo", {"KUBECONFIG": str(plane.start().kubeconfig)})


def drain(api: KubernetesApi, *, force: bool = False, seconds: float = 4.0) -> Drain:
    """The steps, with the patience of a test."""
    patience = Patience(check=lambda: None, servers=seconds, nodes=seconds, poll_seconds=0.3)
    return Drain(api=api, tell=lambda *_: None, patience=patience, force=force)


@pytest.fixture(scope="module")
def knows_karpenter(build: Build, client: Client) -> None:
    """Let the cluster know Karpenter's kinds."""
    for path in crd_files(build):
        for each in load_all_yaml(path.read_text(encoding="utf-8")):
            client.apply(each, force=True)
    wait_for(lambda: _is_served(client), "Karpenter's kinds are served")


def _is_served(client: Client) -> bool:
    try:
        for kind in (NodePool, NodeClaim):
            list(client.list(kind))
    except HTTPStatusError as error:
        if error.response.status_code not in {404, 429}:  # unknown, or only just known
            raise
        return False
    return True


@pytest.fixture
def claim(knows_karpenter: None, client: Client) -> Iterator[str]:
    """A node of Karpenter's in a pool."""
    assert knows_karpenter is None
    client.create(node_pool(POOL))
    start_node(client, CLAIM, POOL)
    yield CLAIM
    if not is_gone(client, NodePool, POOL):
        client.delete(NodePool, POOL)
    if not is_gone(client, NodeClaim, CLAIM):
        client.delete(NodeClaim, CLAIM)
        client.patch(
            NodeClaim, CLAIM, {"metadata": {"finalizers": None}}, patch_type=PatchType.MERGE
        )
        client.delete(Node, CLAIM)


def karpenter(plane: Plane) -> Karpenter:
    """Karpenter's stand-in."""
    return Karpenter(lambda: connect(plane.start().kubeconfig))


def test_a_node_that_nobody_removes_is_named(
    api: KubernetesApi, client: Client, claim: str
) -> None:
    """With its finalizer, which stays where it is; its pool is going all the same."""
    with pytest.raises(ClusterError, match="nodes: 1 still there after 4 s") as caught:
        drain(api).remove_nodes()

    assert f"NodeClaim {claim} (finalizer {FINALIZER}): is Karpenter running?" in caught.value.cause
    metadata = client.get(NodeClaim, claim).metadata
    assert metadata is not None
    assert metadata.finalizers == [FINALIZER]
    assert api.list(NODE_POOL) == ()


def test_a_second_try_goes_on(api: KubernetesApi, plane: Plane, claim: str) -> None:
    """As soon as Karpenter is back, what the first try asked for is done."""
    with pytest.raises(ClusterError):
        drain(api).remove_nodes()

    with karpenter(plane).at_work():
        drain(api, seconds=60).remove_nodes()

    assert claim not in [each.name for each in api.list(NODE_CLAIM)]


def test_a_budget_that_holds_a_node_is_named_and_force_ignores_it(
    api: KubernetesApi, client: Client, plane: Plane, claim: str, namespace: str
) -> None:
    """Pod and budget stand in the error; with force the pod is deleted and the node goes."""
    protect(client, "keep", namespace, app="batch")
    run_pod(client, "batch", claim, namespace=namespace, app="batch")
    wait_for(lambda: _is_healthy(client, namespace), "the budget counts the pod")
    controller = karpenter(plane)

    with controller.at_work():
        with pytest.raises(ClusterError) as caught:
            drain(api).remove_nodes()
        assert not is_gone(client, Pod, "batch", namespace=namespace)
        drain(api, force=True, seconds=60).remove_nodes()

    held = f"pod {namespace}/batch, which PodDisruptionBudget {namespace}/keep protects"
    assert f"NodeClaim {claim} (node {claim}) waits for {held}" in caught.value.cause
    assert "--force-drain" in caught.value.hint
    assert "batch" in controller.refused
    assert is_gone(client, Pod, "batch", namespace=namespace)


def _is_healthy(client: Client, namespace: str) -> bool:
    status = client.get(PodDisruptionBudget, "keep", namespace=namespace).status
    return status is not None and status.currentHealthy == 1


def test_a_server_that_does_not_end_is_named(
    api: KubernetesApi, client: Client, claim: str, namespace: str
) -> None:
    """With the finalizer that holds it; once that is gone the step is done."""
    run_pod(client, "jupyter-ann", claim, namespace=namespace, component="singleuser-server")
    _hold(client, namespace, [HOLD])

    with pytest.raises(ClusterError, match="user servers: 1 still there") as caught:
        drain(api).stop_servers(namespace)
    _hold(client, namespace, None)
    drain(api, seconds=60).stop_servers(namespace)

    assert caught.value.cause == f"pod {namespace}/jupyter-ann (finalizer {HOLD})"
    assert "--force-drain" not in caught.value.hint


def _hold(client: Client, namespace: str, finalizers: Any) -> None:
    patch = {"metadata": {"finalizers": finalizers}}
    client.patch(Pod, "jupyter-ann", patch, namespace=namespace, patch_type=PatchType.MERGE)


def test_a_namespace_that_does_not_go_is_named(api: KubernetesApi, client: Client) -> None:
    """With what Kubernetes says is left in it and which finalizer holds that."""
    with stuck_namespace(client) as name:
        with pytest.raises(ClusterError, match="namespaces: 1 still there") as caught:
            drain(api).wait_for_namespace(name)
        told = drain(api).what_holds_namespaces()
    drain(api, seconds=60).wait_for_namespace(name)

    for text in (caught.value.cause, told):
        assert f"namespace {name} is being deleted" in text
        assert "configmaps" in text
        assert HOLD in text


def client_of(address: str, plane: ControlPlane, token: str) -> Client:
    """Return a client with a token that the API does not accept."""
    return eks_client(address, b64decode(plane.certificate_authority).decode(), token)


def test_a_token_that_expires_while_waiting_is_renewed(api: KubernetesApi, plane: Plane) -> None:
    """The API answers 401 to the old one; the wait goes on with a new one."""
    found = plane.start()
    made: list[str] = []

    def connect_again() -> Client:
        made.append("client")
        if len(made) > 1:
            return administrator(plane)
        return client_of(found.endpoint, found, "expired")

    with closing(KubernetesApi(connect_again, sleep=lambda _: None)) as renewed:
        assert renewed.list(NODE_POOL) == api.list(NODE_POOL)

    assert len(made) == 2


@pytest.mark.parametrize(
    ("address", "message", "hint"),
    [("", "refuses to", "cluster.admins"), ("https://127.0.0.1:1", "does not answer", "network")],
    ids=["nobody", "away"],
)
def test_an_api_that_gives_no_answer_is_an_error_with_a_remedy(
    plane: Plane, address: str, message: str, hint: str
) -> None:
    """After some tries, so that a moment's absence is none."""
    found = plane.start()
    waits: list[float] = []
    api = KubernetesApi(
        lambda: client_of(address or found.endpoint, found, "no"), sleep=waits.append
    )

    with closing(api), pytest.raises(ClusterError, match=message) as caught:
        api.list(NODE_POOL)

    assert hint in caught.value.hint
    assert len(waits) == 4
