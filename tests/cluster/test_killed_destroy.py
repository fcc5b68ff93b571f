"""Whatever of the cluster's steps is killed, the same command again ends as if it had not been.

The tests run in order: one deployment is stopped while it is made and while it is destroyed.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.resources.core_v1 import Pod
from lightkube.types import PatchType

from tests.cluster.karpenter import Karpenter
from tests.cluster.life import NAME, REGION, STACKS
from tests.cluster.order import Story
from tests.cluster.people import HUB, JOB, NODES, SERVERS, bring_people, give_up_the_job
from tests.cluster.stuck import HOLD
from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from tests.cluster.life import Life

CLUSTER_FAILED = 17
DESTROY = ("destroy", "--local", "--yes")


def hold(life: Life, finalizers: Any) -> None:
    """Let something hold a server, or nothing any more."""
    patch = {"metadata": {"finalizers": finalizers}}
    with life.connect() as client:
        client.patch(Pod, SERVERS[0], patch, namespace=HUB, patch_type=PatchType.MERGE)


def test_a_deploy_whose_api_is_stopped_goes_on_afterwards(life: Life) -> None:
    """The error is the cluster's, not one of AWS, and the next deploy starts the API again."""
    life.ensure_destroyed()
    run = life.follow("deploy", "--local", "--yes")
    run.wait_for_line("platform", "applying")
    life.break_api()

    assert run.ended() == CLUSTER_FAILED, run.text()
    assert "the Kubernetes API does not answer" in run.text()
    assert "local reset" not in run.text()

    stacks = {each["stack"]: each["result"] for each in life.deploy()["stacks"]}
    assert stacks.keys() == {*STACKS}
    assert {name for name, result in stacks.items() if result != "unchanged"} == {"platform", "hub"}


@pytest.mark.parametrize(
    ("words", "nodes_go"),
    [
        (("hub", "user servers:"), False),
        (("hub", "applying"), False),
        (("platform", "nodes: 0/3"), False),
        (("platform", "applying"), True),
        (("cluster", "applying"), True),
    ],
    ids=["stopping servers", "removing the hub", "waiting for nodes", "platform", "cluster"],
)
def test_a_killed_destroy_is_followed_by_another(
    life: Life, words: tuple[str, ...], *, nodes_go: bool
) -> None:
    """Each goes on where the one before was killed, and so comes to the next step."""
    first = words[1] == "user servers:"
    if first:
        with life.connect() as client:
            bring_people(client)
        hold(life, [HOLD])
    karpenter = Karpenter(life.connect, give_up_the_job)

    with karpenter.at_work() if nodes_go else nullcontext():
        run = life.follow(*DESTROY)
        run.wait_for_line(*words)
        run.kill()

    assert karpenter.failures == []
    if first:
        hold(life, None)


def test_the_last_destroy_leaves_nothing(life: Life) -> None:
    """In the same order as without kills, no finalizer edited, and AWS agrees that all is gone."""
    report = life.jhub.json(*DESTROY)

    assert report["left"] == []
    story = Story.read(life.audit("destroy"), since=JOB)
    story.expect_order(servers=SERVERS, namespace=HUB, nodes=NODES)
    assert story.asked_by_jhub() <= {("patch", "deployments"), ("update", "secrets")}
    endpoint = str(life.jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, REGION, NAME) == []
