"""Destroying the stacks in a cluster: servers, nodes and load balancers go in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import Note, StackSkipped, StackStep
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest, StackNode
from jupyterhub_eks.ports import Resource
from tests.support.cluster import FakeCluster
from tests.support.fakes import make_deployment, synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.context import Context
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)
ALL = DestroyRequest(confirm=lambda _: True, keep_data=False)
UPSTREAM = {"platform": ("cluster", "storage"), "hub": ("platform",)}


def _both_halves(deployment: Deployment, out: Path, *, protect_data: bool) -> tuple[StackNode, ...]:
    """Write the stacks of the fake AWS half, and two of releases."""
    nodes = list(synthesize(deployment, out, protect_data=protect_data))
    for stack, needs in UPSTREAM.items():
        document: dict[str, Any] = {
            "terraform": {"backend": {"local": {"path": f"../../state/{stack}.tfstate"}}},
            "resource": {"helm_release": {stack.title(): {"name": stack}}},
            "output": {"name": {"value": stack}},
            "data": {"terraform_remote_state": {each: {} for each in needs}},
        }
        directory = out / "stacks" / stack
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "cdk.tf.json").write_text(json.dumps(document))
        nodes.append(StackNode(name=stack, directory=directory, depends_on=needs, resources=1))
    return tuple(nodes)


def _context(bench: Bench, kubernetes: Kubernetes) -> Context:
    return bench.context(synthesize=_both_halves, kubernetes=kubernetes)


def _cluster(bench: Bench) -> FakeCluster:
    """Return a cluster with a server and a node, whose calls join those of Terraform."""
    cluster = FakeCluster(calls=bench.world.calls)
    cluster.put(
        "pods",
        ClusterObject(
            name="jupyter-ann",
            namespace="jupyterhub",
            labels={"component": "singleuser-server"},
        ),
    )
    cluster.put("nodepools", ClusterObject(name="cpu"))
    cluster.put("nodeclaims", ClusterObject(name="cpu-1"))
    cluster.put("ec2nodeclasses", ClusterObject(name="cpu"))
    return cluster


def _order(bench: Bench, *calls: str) -> list[int]:
    return [bench.world.calls.index(call) for call in calls]


def test_servers_go_before_the_hub_and_nodes_before_karpenter(bench: Bench) -> None:
    """Each step comes while what it needs still runs."""
    cluster = _cluster(bench)
    kubernetes = Kubernetes(open=lambda _: cluster)
    deploy(_context(bench, kubernetes), make_deployment(), YES)
    bench.world.revive()

    report = destroy(_context(bench, kubernetes), make_deployment(), ALL)

    order = _order(
        bench,
        "scale jupyterhub/hub 0",
        "delete pods jupyterhub/jupyter-ann",
        "apply hub",
        "delete nodepools cpu",
        "delete ec2nodeclasses cpu",
        "apply platform",
        "apply cluster",
    )
    assert order == sorted(order)
    assert report.left == ()


def test_a_held_up_node_stops_what_comes_after_it(bench: Bench) -> None:
    """Karpenter and the cluster stay while a node of theirs is there, and a rerun goes on."""
    cluster = _cluster(bench)
    cluster.put("nodepools", ClusterObject(name="cpu"))
    deploy(_context(bench, Kubernetes(open=lambda _: cluster)), make_deployment(), YES)
    bench.world.revive()

    def fail(_: str) -> FakeCluster:
        raise ClusterError("nodes: 1 still there", cause="NodeClaim cpu-1")

    with pytest.raises(ClusterError):
        destroy(_context(bench, Kubernetes(open=fail)), make_deployment(), ALL)
    assert "apply cluster" not in bench.world.calls
    bench.world.revive()

    report = destroy(_context(bench, Kubernetes(open=lambda _: cluster)), make_deployment(), ALL)

    assert report.left == ()
    assert not bench.world.resources


def test_a_failed_deploy_does_not_lock_destroy_out_of_the_cluster(bench: Bench) -> None:
    """The entry that EKS made for the creator is in no state, and goes with the cluster only."""
    cluster = _cluster(bench)
    kubernetes = Kubernetes(open=lambda _: cluster)
    deploy(_context(bench, kubernetes), make_deployment(), YES)
    record = json.loads(bench.workspace.record.read_text())
    record["stacks"]["platform"]["state"] = "failed"
    bench.workspace.record.write_text(json.dumps(record))
    bench.world.resources["access_entry-creator"] = {}
    bench.world.revive()

    report = destroy(_context(bench, kubernetes), make_deployment(), ALL)

    order = _order(bench, "apply hub", "apply platform", "remove access_entry-creator")
    assert order == sorted(order)
    assert report.left == ()


def _going_namespace() -> ClusterObject:
    said = "Some content has finalizers remaining: example.org/hold in 1 resource instances"
    conditions = [
        {"type": "NamespaceContentRemaining", "status": "False", "message": "not this"},
        {"type": "NamespaceFinalizersRemaining", "status": "True", "message": said},
    ]
    body = {"status": {"conditions": conditions}}
    return ClusterObject(name="jupyterhub", is_going=True, body=body)


def test_the_hubs_namespace_is_waited_for(bench: Bench) -> None:
    """Helm forgets a release that did not go in time; a second run would take it for gone."""
    cluster = _cluster(bench)
    cluster.put("namespaces", _going_namespace())

    def end(found: FakeCluster) -> None:
        if "apply hub" in bench.world.calls:
            found.objects.pop(("namespaces", "jupyterhub"), None)
            bench.world.calls.append("namespace gone")

    kubernetes = Kubernetes(open=lambda _: cluster)
    deploy(_context(bench, kubernetes), make_deployment(), YES)
    bench.world.revive()
    cluster.ticks.append(end)

    destroy(_context(bench, kubernetes), make_deployment(), ALL)

    order = _order(bench, "apply hub", "namespace gone", "delete nodepools cpu")
    assert order == sorted(order)


def test_what_holds_a_namespace_is_told_with_helms_failure(bench: Bench) -> None:
    """Helm says that it took too long; Kubernetes says why."""
    cluster = _cluster(bench)
    kubernetes = Kubernetes(open=lambda _: cluster)
    deploy(_context(bench, kubernetes), make_deployment(), YES)
    bench.world.revive()
    cluster.put("namespaces", _going_namespace())

    def fail(address: str) -> None:
        if address == "helm_release.Hub":
            raise ClusterError("terraform apply failed", cause="context deadline exceeded")

    bench.world.fail = fail

    with pytest.raises(ClusterError) as caught:
        destroy(_context(bench, kubernetes), make_deployment(), ALL)

    assert caught.value.cause == (
        "context deadline exceeded\nnamespace jupyterhub is being deleted: Some content has "
        "finalizers remaining: example.org/hold in 1 resource instances"
    )
    assert "apply platform" not in bench.world.calls


def test_the_controller_stays_until_the_load_balancers_are_gone(bench: Bench) -> None:
    """What the hub's Service made is waited for before its controller is uninstalled."""
    cluster = _cluster(bench)
    balancer = Resource("elbv2", "load-balancer", "net/hub")
    answers = [(balancer,), ()]

    def balancers(name: str) -> tuple[Resource, ...]:
        bench.world.calls.append(f"balancers of {name}")
        return answers.pop(0) if answers else ()

    kubernetes = Kubernetes(open=lambda _: cluster, load_balancers=balancers, poll_seconds=0.0)
    deploy(_context(bench, kubernetes), make_deployment(), YES)
    bench.world.revive()

    destroy(_context(bench, kubernetes), make_deployment(), ALL)

    last = len(bench.world.calls) - bench.world.calls[::-1].index("balancers of hub")
    assert bench.world.calls.index("apply hub") < last < bench.world.calls.index("apply platform")
    told = [each for each in bench.events if isinstance(each, StackStep)]
    assert any(each.what == "load balancers" and each.total == 1 for each in told)


def test_a_cluster_that_is_gone_needs_no_steps(bench: Bench) -> None:
    """Its releases went with it: they leave the state, with a line each, and the rest goes on."""
    deploy(_context(bench, Kubernetes(open=lambda _: _cluster(bench))), make_deployment(), YES)
    for gone in ("helm_release-Hub", "helm_release-Platform"):
        del bench.world.resources[gone]
    bench.world.revive()

    report = destroy(_context(bench, Kubernetes()), make_deployment(), ALL)

    notes = [each.text for each in bench.events if isinstance(each, Note)]
    assert "hub: the cluster is gone, so there are no user servers to stop" in notes
    assert "platform: the cluster is gone, so there are no nodes to remove" in notes
    assert report.left == ()
    assert "applied hub helm_release.Hub" not in bench.world.calls


def test_without_kubernetes_the_aws_half_is_applied_and_the_rest_named(bench: Bench) -> None:
    """Nothing is called deployed that was not, and a second plan says the same."""
    kubernetes = Kubernetes(missing="there is no Kubernetes on this machine")

    report = deploy(_context(bench, kubernetes), make_deployment(), YES)

    assert {each.stack for each in report.stacks} == {"network", "cluster", "storage"}
    assert set(report.unapplied) == {"platform", "hub"}
    skipped = [each.stack for each in bench.events if isinstance(each, StackSkipped)]
    assert skipped == ["platform", "hub"]
    again = plan(_context(bench, kubernetes), make_deployment())
    assert not again.has_changes
    assert set(again.unapplied) == {"platform", "hub"}


def test_losing_kubernetes_does_not_remove_what_is_in_it(bench: Bench) -> None:
    """Stacks that are deployed and cannot be reached now are not "no longer configured"."""
    cluster = _cluster(bench)
    deploy(_context(bench, Kubernetes(open=lambda _: cluster)), make_deployment(), YES)

    report = plan(_context(bench, Kubernetes(missing="it is not started")), make_deployment())

    assert not report.has_changes
    assert all(not each.removed for each in report.stacks)
