"""Whoever creates a cluster is its administrator; a second entry is refused before it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.cluster import ClusterConfig
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.orchestration.creator import principal
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest
from tests.support.fakes import ACCOUNT, make_deployment, synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.reports import StackNode
    from tests.support.fakes import Bench

DEPLOY = DeployRequest(confirm=lambda _: True)
MINE = f"arn:aws:iam::{ACCOUNT}:role/teams/ml/Deployer"
SOMEBODY = f"arn:aws:iam::{ACCOUNT}:role/Somebody"


def _with_cluster(
    deployment: Deployment, out: Path, *, protect_data: bool
) -> tuple[StackNode, ...]:
    """Synthesize, with an EKS cluster in stack ``cluster``."""
    nodes = synthesize(deployment, out, protect_data=protect_data)
    for node in nodes:
        if node.name == "cluster":
            path = node.directory / "cdk.tf.json"
            document = json.loads(path.read_text())
            document["resource"]["aws_eks_cluster"] = {"Cluster": {}}
            path.write_text(json.dumps(document))
    return nodes


def _admitting(*admins: str) -> Deployment:
    return make_deployment(cluster=ClusterConfig(admins=admins))


@pytest.mark.parametrize(
    ("caller", "listed", "same"),
    [
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::1:role/R", True),
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::1:role/a/b/R", True),
        ("arn:aws:iam::1:user/a/u", "arn:aws:iam::1:user/a/u", True),
        ("arn:aws:iam::1:root", "arn:aws:iam::1:root", True),
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::2:role/R", False),
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws-cn:iam::1:role/R", False),
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::1:role/Rs", False),
        ("arn:aws:sts::1:assumed-role/R/s", "arn:aws:iam::1:user/R", False),
        ("not an arn", "arn:aws:iam::1:user/R", False),
    ],
)
def test_a_session_is_its_role(caller: str, listed: str, *, same: bool) -> None:
    """With or without a path, in the same account only."""
    assert (principal(caller) == principal(listed)) is same


def test_the_creator_is_not_admitted_twice(bench: Bench) -> None:
    """The run ends before anything is created, and says what to take out."""
    with pytest.raises(PreflightError, match="identity that deploys") as caught:
        deploy(bench.context(synthesize=_with_cluster), _admitting(SOMEBODY, MINE), DEPLOY)

    assert MINE in caught.value.message
    assert "cluster.admins" in caught.value.hint
    assert bench.world.resources == {}


def test_others_are_admitted(bench: Bench) -> None:
    """The creator has no part in the list."""
    deploy(bench.context(synthesize=_with_cluster), _admitting(SOMEBODY), DEPLOY)

    assert "aws_eks_cluster-Cluster" in bench.world.resources


def test_a_listed_administrator_may_deploy_later(bench: Bench) -> None:
    """The cluster exists, made by somebody else, and so does the administrator's entry."""
    deploy(bench.context(synthesize=_with_cluster), _admitting(SOMEBODY), DEPLOY)
    bench.cloud.caller = SOMEBODY

    deploy(bench.context(synthesize=_with_cluster), _admitting(SOMEBODY), DEPLOY)


def test_a_plan_may_be_made_by_a_listed_administrator(bench: Bench) -> None:
    """Who plans need not be who deploys."""
    assert plan(bench.context(synthesize=_with_cluster), _admitting(MINE)).has_changes
