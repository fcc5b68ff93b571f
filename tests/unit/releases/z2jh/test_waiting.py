"""What users read while they wait: a sentence for each refusal that was seen, else the raw words.

The texts are those of Karpenter 1.14.1 and of Kubernetes 1.36 as they appeared in a cluster with
several pools (``tests/cluster/test_karpenter_controller.py``).
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hub import values
from tests.support.hub_configuration import configuration
from tests.support.running_hub import spawner
from tests.support.waiting_page import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

GPU_TAINT = "did not tolerate taint (taint=nvidia.com/gpu=present:NoSchedule)"
USER_TAINT = "did not tolerate taint (taint=hub.jupyter.org/dedicated=user:NoSchedule)"
FULL = "all available instance types exceed limits for nodepool (NodePool={})"
OTHER = "incompatible requirements, key jhub/pool, jhub/pool In [{}] not in jhub/pool In [{}]"
REQUIREMENTS = (
    "requirements=hub.jupyter.org/node-purpose In [user], jhub/pool In [big], "
    "karpenter.k8s.aws/instance-size In [large xlarge], kubernetes.io/os In [linux]"
)


def karpenter(*reasons: str) -> str:
    """Return an event of Karpenter: a reason for each pool."""
    return f"Failed to schedule pod, {'; '.join(reasons)}"


def too_large(resources: str) -> str:
    """Return the reason of the pool whose machines are too small."""
    return f"no instance type has enough resources, {REQUIREMENTS}, resources={resources}"


@pytest.mark.parametrize(
    ("resources", "needs"),
    [
        ('{"cpu":"190m","memory":"62653600Ki","pods":"7"}', "0.2 cores and 59.8 GiB of memory"),
        ('{"cpu":"4190m","memory":"1174Mi","pods":"7"}', "4.2 cores and 1.2 GiB of memory"),
        (
            '{"cpu":"440m","memory":"1157286400","nvidia.com/gpu":"2","pods":"8"}',
            "0.5 cores, 1.1 GiB of memory and 2 GPUs",
        ),
        (
            'min={"aws.amazon.com/neuron":"1","cpu":"6"}, max={"cpu":"7"}',
            "6 cores and 1 Neuron device",
        ),
    ],
    ids=["memory", "cores", "gpus", "differing daemons"],
)
def test_a_server_that_is_too_large(resources: str, needs: str) -> None:
    """What it needs is said with numbers, whatever the other pools say."""
    told = sentence(
        karpenter(GPU_TAINT, OTHER.format("big", "cpu"), too_large(resources), FULL.format("cpu"))
    )
    assert f"your server needs {needs}." in told
    assert "Choose a smaller profile" in told


@pytest.mark.parametrize(
    ("reasons", "words"),
    [
        ([FULL.format("cpu")], "is full"),
        ([GPU_TAINT, OTHER.format("cpu", "big"), FULL.format("cpu")], "is full"),
        (["node limits have been exhausted for nodepool (NodePool=cpu)"], "is full"),
        ([OTHER.format("lost", "cpu"), FULL.format("cpu")], "can start no machine at the moment"),
        ([USER_TAINT, GPU_TAINT], "can start no machine at the moment"),
        (
            ["nodepool requirements filtered out all available instance types"],
            "can start no machine",
        ),
        (
            [f"no instance type has the required offering, {REQUIREMENTS}, resources={{}}"],
            "AWS has no machine",
        ),
        (
            [
                (
                    "no instance type which met the scheduling requirements and had enough "
                    f"resources, had a required offering, {REQUIREMENTS}, resources={{}}"
                )
            ],
            "AWS has no machine",
        ),
        (
            ['incompatible requirements, label "team" does not have known values'],
            "the label team, which no pool has",
        ),
    ],
)
def test_other_refusals(reasons: list[str], words: str) -> None:
    """The reason of the server's own pool counts; a full pool of others is not its own."""
    assert words in sentence(karpenter(*reasons))


def test_a_full_pool_of_others_is_not_told_of() -> None:
    """Karpenter tells every server of every full pool, and says nothing of one out of stock."""
    text = karpenter(FULL.format("gpu"), GPU_TAINT)
    assert "can start no machine at the moment" in sentence(text, "cpu")
    assert "is full" in sentence(text, "gpu")


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("no nodes available to schedule pods", "No machine that runs now has room"),
        (
            (
                "0/11 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
                "1 Insufficient memory, 9 node(s) had untolerated taint(s). no new claims to "
                "deallocate, preemption: 0/11 nodes are available: 11 Preemption is not helpful "
                "for scheduling."
            ),
            "No machine that runs now has room",
        ),
        ("Pod should schedule on: nodeclaim/scarce-49hdr", "A machine is being started"),
        ("Pod should schedule on: node/ip-10-0-1-2.ec2.internal", "has room for your server"),
        ("Successfully assigned jupyterhub/jupyter-sc to scarce-49hdr", "loads its image"),
        ('Pulling image "quay.io/jupyter/scipy-notebook:2025-11-10"', "is being loaded"),
        ('Successfully pulled image "a/b:1" in 41s (41s including waiting)', "The image is there"),
        ("Created container: notebook", "begins to run"),
        ("Started container notebook", "begins to run"),
    ],
)
def test_steps_on_the_way(message: str, words: str) -> None:
    """What is no refusal is said as a step."""
    assert words in sentence(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Pulling image",
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had volume node affinity conflict.",
        karpenter("a reason that nobody has seen"),
        karpenter(GPU_TAINT, "incompatible volume requirements, zone"),
        karpenter("no instance type met all requirements, requirements=x, resources={}"),
        "MountVolume.SetUp failed for volume <b>home</b>: timed out",
    ],
)
def test_unknown_words_are_not_hidden(message: str) -> None:
    """Nothing is made up: the message stands as it is."""
    assert sentence(message) == message


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    """Events of alice's pod, as the hub watches them."""
    found: list[dict[str, Any]] = []
    kind = type(_with_events(found))
    yield found
    kind.reflectors.clear()


def _event(message: str) -> dict[str, Any]:
    return {
        "involvedObject": {"name": "jupyter-alice"},
        "metadata": {"uid": message},
        "lastTimestamp": "2026-11-21T23:33:42Z",
        "type": "Warning",
        "message": message,
    }


def _with_events(found: list[dict[str, Any]]) -> Any:
    async def make() -> Any:
        return spawner(configuration(values()))

    made = asyncio.run(make())
    loaded: Any = SimpleNamespace(done=lambda: True)
    made.reflectors["events", "jupyterhub"] = SimpleNamespace(
        events=found, first_load_future=loaded
    )
    return made


async def _shown() -> list[dict[str, Any]]:
    made = spawner(configuration(values()))
    made._start_future = asyncio.get_running_loop().create_future()
    made._start_future.set_result(None)
    return [step async for step in made.progress()]


def test_the_page_shows_the_sentence_and_the_words_of_the_cluster(
    events: list[dict[str, Any]],
) -> None:
    """The hub's own spawner tells it; what has no sentence is shown as before."""
    events += [_event(karpenter(FULL.format("cpu"))), _event("Pulling image <x>")]

    full, pulling = asyncio.run(_shown())

    assert full["message"].startswith("Your profile's pool is full")
    assert full["html_message"].startswith("Your profile&#x27;s pool is full")
    assert "exceed limits for nodepool (NodePool=cpu)</details>" in full["html_message"]
    assert full["raw_event"] == events[0]
    assert pulling["message"] == "2026-11-21T23:33:42Z [Warning] Pulling image <x>"
    assert "html_message" not in pulling
