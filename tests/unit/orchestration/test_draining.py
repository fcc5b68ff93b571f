"""Nothing is destroyed under what still needs it, and what holds a step up is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.errors import ClusterError, InterruptedRunError
from jupyterhub_eks.orchestration.draining import Drain, Patience
from tests.support.cluster import FakeCluster

SERVER = {"component": "singleuser-server"}
TERMINATION = ("karpenter.sh/termination",)


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def _drain(cluster: FakeCluster, *, force: bool = False) -> tuple[Drain, list[str]]:
    clock, told = Clock(), list[str]()
    patience = Patience(
        check=lambda: None, servers=60, nodes=120, sleep=clock.sleep, clock=lambda: clock.now
    )
    drain = Drain(
        api=cluster,
        tell=lambda what, done, total: told.append(f"{what} {done}/{total}"),
        patience=patience,
        force=force,
    )
    return drain, told


def _server(name: str, *, finalizers: tuple[str, ...] = ()) -> ClusterObject:
    return ClusterObject(name=name, namespace="jupyterhub", labels=SERVER, finalizers=finalizers)


def _claim(name: str, node: str) -> ClusterObject:
    return ClusterObject(name=name, finalizers=TERMINATION, body={"status": {"nodeName": node}})


def _pod(name: str, node: str, *, owner: str = "") -> ClusterObject:
    owners = [{"kind": owner}] if owner else []
    return ClusterObject(
        name=name,
        namespace="jupyterhub",
        labels={"app": "x"},
        body={"spec": {"nodeName": node}, "metadata": {"ownerReferences": owners}},
    )


def _karpenter(cluster: FakeCluster) -> None:
    """Remove a node that is going, once no pod but those of DaemonSets is on it."""
    for claim in cluster.of("nodeclaims"):
        node = claim.body["status"]["nodeName"]
        held = [
            pod
            for pod in cluster.of("pods")
            if pod.body.get("spec", {}).get("nodeName") == node
            and not pod.body["metadata"]["ownerReferences"]
        ]
        if claim.is_going and not held:
            cluster.finish("nodeclaims", claim.name)


def test_no_server_can_start_while_servers_are_stopped() -> None:
    """The hub is scaled to nothing before the first pod is deleted."""
    cluster = FakeCluster()
    for name in ("a", "b"):
        cluster.put("pods", _server(name))
    cluster.put("pods", ClusterObject(name="proxy", namespace="jupyterhub"))
    drain, told = _drain(cluster)

    drain.stop_servers("jupyterhub")

    assert cluster.calls[0] == "scale jupyterhub/hub 0"
    assert [each.name for each in cluster.of("pods")] == ["proxy"]
    assert told == []


def test_a_server_that_does_not_end_is_named_with_its_finalizer() -> None:
    """The wait has an end, and the finalizer is told of instead of taken away."""
    cluster = FakeCluster()
    cluster.put("pods", _server("a", finalizers=("example.org/hold",)))
    drain, told = _drain(cluster)

    with pytest.raises(ClusterError) as caught:
        drain.stop_servers("jupyterhub")

    assert "jupyterhub/a (finalizer example.org/hold)" in caught.value.cause
    assert cluster.of("pods")[0].finalizers == ("example.org/hold",)
    assert told[-1] == "user servers 0/1"


def test_nodes_go_before_their_classes() -> None:
    """Karpenter needs the class to terminate a node, so classes are deleted last."""
    cluster = FakeCluster(ticks=[_karpenter])
    cluster.put("nodepools", ClusterObject(name="cpu"))
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    cluster.put("pods", _pod("agent", "n1", owner="DaemonSet"))
    cluster.put("ec2nodeclasses", ClusterObject(name="cpu"))
    drain, _ = _drain(cluster)

    drain.remove_nodes()

    assert cluster.calls == [
        "delete nodepools cpu",
        "delete nodeclaims cpu-1",
        "delete ec2nodeclasses cpu",
    ]
    assert not cluster.of("nodeclaims")


def test_the_budget_that_holds_a_node_is_named() -> None:
    """An administrator reads which pod and which budget, not only that it took too long."""
    cluster = FakeCluster(ticks=[_karpenter])
    cluster.put("nodepools", ClusterObject(name="cpu"))
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    cluster.put("pods", _pod("job", "n1"))
    cluster.put(
        "poddisruptionbudgets",
        ClusterObject(
            name="keep",
            namespace="jupyterhub",
            body={
                "spec": {"selector": {"matchLabels": {"app": "x"}}},
                "status": {"disruptionsAllowed": 0},
            },
        ),
    )
    drain, _ = _drain(cluster)

    with pytest.raises(ClusterError) as caught:
        drain.remove_nodes()

    assert "pod jupyterhub/job, which PodDisruptionBudget jupyterhub/keep protects" in (
        caught.value.cause
    )
    assert "delete ec2nodeclasses" not in " ".join(cluster.calls)


def test_force_deletes_the_pods_that_hold_a_node() -> None:
    """With force the budget does not count, and the nodes go."""
    cluster = FakeCluster(ticks=[_karpenter])
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    cluster.put("pods", _pod("job", "n1"))
    drain, told = _drain(cluster, force=True)

    drain.remove_nodes()

    assert "delete pods jupyterhub/job" in cluster.calls
    assert told[-1] == "nodes 1/1"


def test_without_karpenter_the_question_is_asked() -> None:
    """A node that nothing holds waits for Karpenter's finalizer: is it running?"""
    cluster = FakeCluster()
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    drain, _ = _drain(cluster)

    with pytest.raises(ClusterError, match="nodes: 1 still there") as caught:
        drain.remove_nodes()

    assert "karpenter.sh/termination): is Karpenter running?" in caught.value.cause


def test_a_second_run_goes_on_where_the_first_stopped() -> None:
    """What is going already is not deleted again; what is gone is no matter."""
    cluster = FakeCluster()
    cluster.put("nodepools", ClusterObject(name="cpu"))
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    drain, _ = _drain(cluster)
    with pytest.raises(ClusterError):
        drain.remove_nodes()
    cluster.calls.clear()
    cluster.ticks.append(_karpenter)

    drain.remove_nodes()

    assert cluster.calls == []


def test_a_request_to_stop_ends_the_wait() -> None:
    """Ctrl-C is heard while waiting."""

    def stop() -> None:
        raise InterruptedRunError("stop")

    cluster = FakeCluster()
    cluster.put("nodeclaims", _claim("cpu-1", "n1"))
    drain = Drain(api=cluster, tell=lambda *_: None, patience=Patience(check=stop))

    with pytest.raises(InterruptedRunError):
        drain.remove_nodes()


def test_a_long_wait_says_once_what_it_is_for() -> None:
    """Half a minute goes by without a word, then the pod and its finalizer are named."""
    cluster = FakeCluster()
    cluster.put("pods", _server("jupyter-ann", finalizers=("example.org/backup",)))
    drain, _ = _drain(cluster)
    notes: list[tuple[float, str]] = []
    clock = drain.patience.clock
    drain = replace(drain, note=lambda text: notes.append((clock(), text)))

    with pytest.raises(ClusterError):
        drain.stop_servers("jupyterhub")

    ((seconds, text),) = notes
    assert seconds == 30
    assert text == (
        "user servers wait for pod jupyterhub/jupyter-ann (finalizer example.org/backup)"
    )


def test_a_cluster_without_karpenter_has_no_nodes_to_remove() -> None:
    """An API that does not know the kinds has none of them."""
    cluster = FakeCluster(unknown={"nodepools", "nodeclaims", "ec2nodeclasses", "nodeoverlays"})
    drain, told = _drain(cluster)

    drain.remove_nodes()

    assert (cluster.calls, told) == ([], [])
