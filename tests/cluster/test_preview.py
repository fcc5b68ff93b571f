"""``jhub preview`` whose pods are really made: in a cluster of its own, and in somebody's."""

from __future__ import annotations

import json
import os
import signal
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lightkube import Client, KubeConfig
from lightkube.codecs import from_dict
from lightkube.models.authentication_v1 import TokenRequestSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import Namespace, Node, Pod, ServiceAccount, ServiceAccountToken
from lightkube.resources.rbac_authorization_v1 import ClusterRole, ClusterRoleBinding

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ClusterError, UsageError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.files import planes
from jupyterhub_eks.local.cluster.nodes import FakeNode, add_node, connect
from jupyterhub_eks.local.cluster.pool_nodes import pool_nodes
from jupyterhub_eks.preview.clusters import OWNER
from jupyterhub_eks.preview.environment import ensure_environment
from jupyterhub_eks.preview.local_plane import NAMESPACE, NODES_EACH
from jupyterhub_eks.preview.proxy_program import ensure_proxy
from jupyterhub_eks.workspace import cache_dir
from tests.cluster.waiting import wait_for
from tests.support.previewing import Bench, Previewed
from tests.support.visitor import Visitor, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.local.cluster.programs import Build
    from tests.cluster.planes import Plane

SETTINGS = "name: demo\nauth: {type: dummy, admins: [alice]}\n"
PROFILES = """\
pools:
  cpu: {instances: [m7i.xlarge]}
profiles:
- {name: Small, pool: cpu, default: true, memory: 2G}
- {name: Large, pool: cpu, cpu: 40}
"""
TAKEN_SECONDS = 90.0
NOWHERE = "127.77.0.0/24"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "left"},
    "spec": {"containers": [{"name": "main", "image": "example.invalid/left:1"}]},
}


@pytest.fixture(scope="module")
def programs(build: Build) -> Build:
    """What a preview needs, so that no test waits for it."""
    ensure_proxy(cache_dir(), lambda _event: None)
    ensure_environment(cache_dir(), lambda _event: None)
    return build


@pytest.fixture
def bench(tmp_path: Path, programs: Build) -> Iterator[Bench]:
    """Start previews of a hub with one profile that starts, and one that never does."""
    (tmp_path / "jhub.yaml").write_text(SETTINGS)
    (tmp_path / "profiles.yaml").write_text(PROFILES)
    made = Bench(tmp_path)
    try:
        yield made
        made.close()
    finally:
        made.run("preview", "stop")


def told(made: Previewed) -> dict[str, Any]:
    """Return what the hub was told."""
    document: dict[str, Any] = json.loads(made.files.document.read_text())
    return document


def pods(client: Client, namespace: str) -> dict[str, tuple[str, str]]:
    """Return node and phase of each pod, by name."""
    return {
        str(each.metadata and each.metadata.name): (
            str(each.spec and each.spec.nodeName),
            str(each.status and each.status.phase),
        )
        for each in client.list(Pod, namespace=namespace)
    }


def names(client: Client, kind: Any) -> set[str]:
    """Return the names of all objects of a kind."""
    return {str(each.metadata.name) for each in client.list(kind)}


def of_program(words: str) -> list[int]:
    """Return the processes whose command line has these words."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if words.encode() in _read(path)
    ]


def of_plane(made: Previewed) -> list[int]:
    """Return the processes of a preview's own control plane."""
    return of_program(str(made.files.home / "local-cluster"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_a_server_has_a_real_pod(bench: Bench) -> None:
    """Scheduled to a node of its pool, with the cluster's own events; gone when it is stopped."""
    made = bench.start("--cluster")
    kubeconfig = Path(told(made)["cluster"]["kubeconfig"])

    with connect(kubeconfig) as client, Visitor(made.url, "bob") as bob:
        nodes = names(client, Node)
        bob.log_in(made.password())
        events = bob.start("small")
        found = pods(client, NAMESPACE)
        answer = bob.run("print(6 * 7)")
        page = text_of(bob.get("/hub/preview/pods").text)
        bob.stop()
        left = pods(client, NAMESPACE)

    assert len(nodes) == NODES_EACH
    assert events[-1].get("ready") is True
    assert any("Successfully assigned" in each.get("html_message", "") for each in events)
    assert any(each["message"].startswith("The machine for your server") for each in events)
    ((name, (node, phase)),) = found.items()
    assert (name, node in nodes, phase) == ("jupyter-bob", True, "Running")
    assert answer == "42\n"
    assert "Its nodes are simulated" in page
    assert left == {}
    assert "simulated" in made.text
    assert made.end() == 0
    assert planes(made.files.home) == ()
    assert of_plane(made) == []


def test_a_pod_without_room_fails_with_the_schedulers_reason(bench: Bench) -> None:
    """In the words of the hub while it waits, then in the scheduler's own."""
    made = bench.start("--cluster")

    with (
        connect(Path(told(made)["cluster"]["kubeconfig"])) as client,
        Visitor(made.url, "bob") as bob,
    ):
        bob.log_in(made.password())
        events = bob.start("large")
        wait_for(lambda: pods(client, NAMESPACE) == {}, "the pod is gone")
        page = text_of(bob.get("/hub/spawn/bob").text)

    assert any(each["message"].startswith("No machine that runs now") for each in events)
    assert events[-1].get("failed") is True
    assert "Insufficient cpu" in events[-1]["message"] + page
    assert f"0/{NODES_EACH} nodes are available" in events[-1]["message"] + page


def test_a_deleted_pod_ends_its_server(bench: Bench) -> None:
    """The process that stands for it goes with it, as the container would."""
    settings = f"{SETTINGS}hub_values: {{hub: {{config: {{KubeSpawner: {{poll_interval: 1}}}}}}}}\n"
    (bench.folder / "jhub.yaml").write_text(settings)
    made = bench.start("--cluster")

    with (
        connect(Path(told(made)["cluster"]["kubeconfig"])) as client,
        Visitor(made.url, "bob") as bob,
    ):
        bob.log_in(made.password())
        bob.start("small")
        before = len(made.left())
        client.delete(Pod, "jupyter-bob", namespace=NAMESPACE)
        wait_for(lambda: not bob.running(), "the hub knows")
        wait_for(lambda: len(made.left()) < before, "the process has ended")


def test_a_killed_command_leaves_no_cluster(bench: Bench) -> None:
    """Something that waits for its end clears up, though nobody types anything."""
    made = bench.start("--cluster")
    with Visitor(made.url, "bob") as bob:
        bob.log_in(made.password())
        bob.start("small")

    made.end(signal.SIGKILL)

    made.await_nothing_left(40)
    wait_for(lambda: planes(made.files.home) == (), "the cluster is gone", TAKEN_SECONDS)
    assert of_plane(made) == []


def test_what_is_left_nevertheless_goes_with_the_next(bench: Bench) -> None:
    """If all was killed at once, `stop` finds the cluster, and so does a start."""
    made = bench.start("--cluster")
    with connect(Path(told(made)["cluster"]["kubeconfig"])) as client:
        client.create(from_dict(POD), namespace=NAMESPACE)
    kill_all(made)

    again = bench.start("--cluster", port=made.port)
    with connect(Path(told(again)["cluster"]["kubeconfig"])) as client:
        left = pods(client, NAMESPACE)
    kill_all(again)
    said = bench.run("preview", "stop")

    assert left == {}
    assert "an earlier preview had left: its Kubernetes" in again.text
    assert "its Kubernetes" in said
    assert planes(made.files.home) == ()
    assert of_plane(made) == []


def kill_all(made: Previewed) -> None:
    """Kill a command, and before it what would clear up after it."""
    (watcher,) = of_program(f"jupyterhub_eks.preview.clearing\0{made.files.home}\0")
    os.kill(watcher, signal.SIGKILL)
    made.end(signal.SIGKILL)
    made.await_nothing_left(40)


@pytest.fixture
def theirs(bench: Bench, plane: Plane) -> Iterator[Client]:
    """A cluster with a node of the pool that is not the preview's; context ``demo``."""
    running = plane.start()
    bench.environ = {"KUBECONFIG": str(running.kubeconfig)}
    sources = ConfigSources(
        files=(bench.folder / "jhub.yaml",), profiles=bench.folder / "profiles.yaml"
    )
    (node,) = pool_nodes(load(sources).deployment, catalog(), 1)
    with connect(running.kubeconfig) as client:
        add_node(client, node)
        try:
            yield client
        finally:
            client.delete(Node, node.name)


def test_a_namespace_in_a_cluster_that_is_there(bench: Bench, theirs: Client) -> None:
    """Nothing else of it is touched, and the namespace goes with the preview."""
    before = (names(theirs, Namespace), names(theirs, Node))
    made = bench.start("--kube-context", "demo", "--yes")
    namespace = told(made)["namespace"]

    with Visitor(made.url, "bob") as bob:
        bob.log_in(made.password())
        events = bob.start("small")
        found = pods(theirs, namespace)
        page = text_of(bob.get("/hub/preview/pods").text)

    assert events[-1].get("ready") is True
    assert found["jupyter-bob"][1] == "Running"
    assert "is an empty folder of the pod" in page
    assert namespace in made.text
    assert names(theirs, Namespace) - before[0] == {namespace}
    assert made.end() == 0
    assert (names(theirs, Namespace), names(theirs, Node)) == before


def test_a_namespace_that_is_left_goes_with_stop(bench: Bench, theirs: Client) -> None:
    """A kill alone leaves none; if all was killed at once, it is found by its record."""
    made = bench.start("--kube-context", "demo", "--yes")
    first = told(made)["namespace"]
    labels = theirs.get(Namespace, first).metadata.labels or {}
    made.end(signal.SIGKILL)
    wait_for(lambda: first not in names(theirs, Namespace), "it is gone", TAKEN_SECONDS)

    again = bench.start("--kube-context", "demo", "--yes", port=made.port)
    second = told(again)["namespace"]
    kill_all(again)
    said = bench.run("preview", "stop")

    assert labels[OWNER] in first
    assert first != second
    assert f"namespace {second}" in said
    assert second not in names(theirs, Namespace)


def test_nobody_is_asked_without_a_terminal(bench: Bench, theirs: Client) -> None:
    """It says what it would make and how to agree, and makes nothing."""
    before = names(theirs, Namespace)

    said = bench.run("preview", "--kube-context", "demo", code=UsageError.exit_code)

    assert "jhub preview --kube-context demo --yes" in said
    assert "in demo (https://127.0.0.1:" in said
    assert names(theirs, Namespace) == before


def test_an_unknown_context_is_named(bench: Bench, theirs: Client) -> None:
    """With those that there are."""
    said = bench.run("preview", "--kube-context", "prod", "--yes", code=ClusterError.exit_code)

    assert "'prod'" in said
    assert "contexts: demo" in said


def test_missing_permissions_are_told_at_once(bench: Bench, theirs: Client, plane: Plane) -> None:
    """All of them, and before anything is made."""
    before = names(theirs, Namespace)
    name = f"viewer-{uuid.uuid4().hex[:6]}"
    _viewer(theirs, name)
    bench.environ = {"KUBECONFIG": str(_with_token(bench.folder, plane, _token(theirs, name)))}
    try:
        said = bench.run("preview", "--kube-context", "demo", "--yes", code=ClusterError.exit_code)
    finally:
        theirs.delete(ClusterRoleBinding, name)
        theirs.delete(ClusterRole, name)
        theirs.delete(ServiceAccount, name, namespace="default")

    words = " ".join(said.split())
    assert "you may not do in demo what a preview needs" in words
    assert "create namespaces" in words
    assert "create pods in its namespace" in words
    assert "list pods in its namespace" not in words
    assert "list nodes" not in words
    assert names(theirs, Namespace) == before


def test_a_server_that_cannot_be_reached_is_said(bench: Bench, theirs: Client) -> None:
    """Where nodes are real, servers are in their pods; this machine must find them there.

    One node that kwok does not know makes the cluster a real one for the preview. No container
    runs on the other, so nothing ever answers.
    """
    document = FakeNode(name="real").document()
    document["metadata"]["annotations"] = {}
    theirs.create(from_dict(document))
    # Pods get addresses of this machine, on which nothing listens.
    (node,) = names(theirs, Node) - {"real"}
    theirs.patch(Node, node, {"spec": {"podCIDR": NOWHERE, "podCIDRs": [NOWHERE]}})
    try:
        made = bench.start("--kube-context", "demo", "--yes")
        with Visitor(made.url, "bob") as bob:
            bob.log_in(made.password())
            bob.choose("small")
            said = bob.progress()[-1]["message"] + text_of(bob.get("/hub/spawn/bob").text)
            left = pods(theirs, told(made)["namespace"])
        assert made.end() == 0
    finally:
        theirs.delete(Node, "real")

    assert "its server does not answer at" in said
    assert "jhub preview --cluster" in said
    assert left == {}


def _viewer(client: Client, name: str) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": ["list", "get"]}]
    group = "rbac.authorization.k8s.io"
    client.create(
        from_dict(
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": name, "namespace": "default"},
            }
        )
    )
    for document in (
        {"kind": "ClusterRole", "rules": rules},
        {
            "kind": "ClusterRoleBinding",
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "default"}],
        },
    ):
        metadata = {"apiVersion": f"{group}/v1", "metadata": {"name": name}}
        client.create(from_dict({**document, **metadata}))


def _token(client: Client, name: str) -> str:
    spec = TokenRequestSpec(audiences=[], expirationSeconds=600)
    asked = ServiceAccountToken(spec=spec, metadata=ObjectMeta(name=name, namespace="default"))
    made = client.create(asked, name, namespace="default")
    return str(made.status and made.status.token)


def _with_token(folder: Path, plane: Plane, token: str) -> Path:
    """Return a kubeconfig whose user has nothing but a token."""
    document = json.loads(plane.start().kubeconfig.read_text())
    document["users"][0]["user"] = {"token": token}
    path = folder / "kubeconfig"
    path.write_text(json.dumps(document))
    assert KubeConfig.from_file(path).get() is not None
    return path
