"""Destroy takes a cluster with users at work apart in an order in which nothing is orphaned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.karpenter import Karpenter
from tests.cluster.life import NAME, REGION
from tests.cluster.order import ADMINISTRATOR, TOKENS, Story
from tests.cluster.people import HUB, JOB, NODES, SERVERS, bring_people, give_up_the_job
from tests.local.aws_api import leftovers

if TYPE_CHECKING:
    from tests.cluster.life import Life


@pytest.fixture(scope="module")
def story(life: Life) -> Story:
    """What the API server did while everything was destroyed."""
    life.ensure_deployed()
    with life.connect() as client:
        bring_people(client)
    karpenter = Karpenter(life.connect, give_up_the_job)
    with karpenter.at_work():
        report = life.jhub.json("destroy", "--local", "--yes")

    assert (report["left"], karpenter.failures) == ([], [])
    assert karpenter.refused[:1] == [JOB]
    return Story.read(life.audit("destroy"), since=JOB)


def test_everything_goes_before_what_it_needs(story: Story) -> None:
    """Servers, hub, pools, nodes, Karpenter: each step is done before the next begins."""
    story.expect_order(servers=SERVERS, namespace=HUB, nodes=NODES)


def test_a_budget_is_respected(story: Story) -> None:
    """The job goes by an eviction, which its budget allowed only when it was lifted."""
    lifted = story.places("delete", "poddisruptionbudgets", "jobs", by=ADMINISTRATOR)
    evicted = story.places("create", "pods/eviction", JOB, by=ADMINISTRATOR)

    assert max(lifted) < min(evicted)
    assert not [
        each
        for each in story.changes
        if each.resource == "pods" and each.name == JOB and each.user.startswith(TOKENS)
    ]


def test_no_finalizer_is_edited(story: Story) -> None:
    """Of all objects jhub changes one, the hub's scale, and Helm its own records."""
    assert story.asked_by_jhub() == {("patch", "deployments"), ("update", "secrets")}


def test_nothing_is_left(life: Life, story: Story) -> None:
    """The embedded AWS agrees, and no control plane stays behind."""
    assert story.changes
    endpoint = str(life.jhub.json("local", "start")["endpoint"])
    assert leftovers(endpoint, REGION, NAME) == []
    home = life.jhub.folder / ".jhub" / "local-cluster" / NAME
    assert [each.name for each in home.iterdir()] == ["lock"]
