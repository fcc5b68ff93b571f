"""A carried release that is no longer in the cluster is installed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest
from tests.support.carried import NAMESPACE, STACK, carrying, with_releases
from tests.support.cluster import FakeCluster
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.context import Context
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)


def _record(name: str, status: str, namespace: str = NAMESPACE) -> ClusterObject:
    """Return what Helm keeps of a revision of a release."""
    labels = {"owner": "helm", "name": name, "status": status}
    return ClusterObject(name=f"{name}.{status}", namespace=namespace, labels=labels)


def _context(bench: Bench, *records: ClusterObject) -> Context:
    cluster = FakeCluster()
    for each in records:
        cluster.put("secrets", each)
    return bench.context(synthesize=with_releases, kubernetes=carrying(open=lambda _: cluster))


def _deployed_again(bench: Bench, *records: ClusterObject) -> str:
    """Deploy twice and return what the second one did to the stack of the releases."""
    deploy(_context(bench), make_deployment(), YES)
    report = deploy(_context(bench, *records), make_deployment(), YES)
    return next(each.result for each in report.stacks if each.stack == STACK)


def test_a_release_that_is_there_is_left_alone(bench: Bench) -> None:
    """The one that was never installed, as its chart is nowhere, is not missed either."""
    assert _deployed_again(bench, _record("hub", "deployed")) == "unchanged"


def test_a_release_that_is_gone_is_installed_again(bench: Bench) -> None:
    """Somebody has uninstalled it or deleted its namespace."""
    assert _deployed_again(bench) == "changed"


def test_neither_a_failed_nor_a_namesake_counts(bench: Bench) -> None:
    """Of the release itself some revision has to be deployed."""
    others = _record("hub", "superseded"), _record("hub", "deployed", namespace="other")

    assert _deployed_again(bench, *others) == "changed"


def test_the_plan_tells_of_it(bench: Bench) -> None:
    """Whoever reviews it sees the release, and that no other resource changes."""
    deploy(_context(bench), make_deployment(), YES)
    report = plan(_context(bench), make_deployment())

    changed = [each for stack in report.stacks for each in stack.changes]
    assert [each.address for each in changed] == ["helm_release.Hub"]


def test_a_cluster_that_is_gone_is_not_asked(bench: Bench) -> None:
    """What it held is gone with it; the plan of the cluster says so."""
    deploy(_context(bench), make_deployment(), YES)
    context = bench.context(synthesize=with_releases, kubernetes=carrying())

    assert not plan(context, make_deployment()).has_changes
