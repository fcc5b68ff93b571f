"""A release whose chart cannot be reached is counted nowhere, and named everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.events import StackDone
from jupyterhub_eks.orchestration.reports import (
    DeployReport,
    DeployRequest,
    DestroyRequest,
    PlanReport,
)
from jupyterhub_eks.orchestration.status import status
from jupyterhub_eks.ports import Target
from tests.support.carried import carrying, with_releases
from tests.support.fakes import make_deployment

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.context import Context
    from jupyterhub_eks.orchestration.reports import StackOutcome
    from tests.support.fakes import Bench

YES = DeployRequest(confirm=lambda _: True)
LOCAL = Target(kind="local")


def _context(bench: Bench) -> Context:
    return bench.context(synthesize=with_releases, target=LOCAL, kubernetes=carrying())


def _cluster(report: DeployReport) -> StackOutcome:
    return next(each for each in report.stacks if each.stack == "cluster")


def test_what_is_not_installed_does_not_count_as_created(bench: Bench) -> None:
    """Two resources and one release are there; the other release is named."""
    outcome = _cluster(deploy(_context(bench), make_deployment(), YES))

    assert (outcome.result, outcome.added) == ("created", 3)
    assert outcome.not_installed == ("karpenter 1.2",)
    told = [each for each in bench.events if isinstance(each, StackDone)]
    assert [each.not_installed for each in told if each.stack == "cluster"] == [1]


def test_a_second_deploy_still_says_what_is_not_installed(bench: Bench) -> None:
    """Nothing changes, and nobody is led to believe that all is well."""
    deploy(_context(bench), make_deployment(), YES)
    outcome = _cluster(deploy(_context(bench), make_deployment(), YES))

    assert (outcome.result, outcome.added) == ("unchanged", 0)
    assert outcome.not_installed == ("karpenter 1.2",)


def test_status_counts_a_release_once_and_a_missing_one_not(bench: Bench) -> None:
    """Its line says what is there, as the deploy did."""
    deploy(_context(bench), make_deployment(), YES)
    (line,) = (each for each in status(bench.workspace).stacks if each.stack == "cluster")

    assert (line.resources, line.not_installed) == (3, ("karpenter 1.2",))


def test_what_was_never_installed_is_not_removed_either(bench: Bench) -> None:
    """Neither the plan of a destroy nor its summary counts it."""
    deploy(_context(bench), make_deployment(), YES)
    shown: list[PlanReport] = []

    def agree(report: PlanReport) -> bool:
        shown.append(report)
        return True

    request = DestroyRequest(confirm=agree, keep_data=False)
    report = destroy(_context(bench), make_deployment(), request)

    removed = {each.stack: each.removed for each in report.stacks}
    assert removed["cluster"] == 3
    (plan,) = (each for each in shown[0].stacks if each.stack == "cluster")
    assert "helm_release.Hub" in {each.address for each in plan.changes}
    assert "helm_release.Nodes" not in {each.address for each in plan.changes}
    assert report.left == ()
