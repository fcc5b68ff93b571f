"""The proof of placement against parts that are not the project's own.

The real KubeSpawner makes the pods, the real API takes them with no unknown field, and the real
scheduler binds them to nodes that have what a pool's machines have, beside what DaemonSets take.
"""

from __future__ import annotations

import copy
import random
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict
from lightkube.resources.apps_v1 import StatefulSet
from lightkube.resources.core_v1 import Pod
from lightkube.resources.scheduling_v1 import PriorityClass

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.nodes import FakeNode
from jupyterhub_eks.local.cluster.pool_nodes import pool_node
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.placeholders import placeholder_objects
from tests.cluster.filling import fill, to_fill
from tests.cluster.scheduling import OTHER_LABELS, UNTOLERATED, Scheduling, insufficient
from tests.cluster.user_namespace import user_namespace
from tests.cluster.waiting import wait_for
from tests.support.hub import deployment
from tests.support.sizes import across_pools
from tests.support.spawned import EXAMPLES, Hub, example

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lightkube import Client

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.resources import Amounts
    from tests.cluster.planes import Plane

SEED = 20261121
DEMANDS = 30


@pytest.fixture(scope="module")
def cluster(plane: Plane, client: Client) -> Iterator[Scheduling]:
    """A namespace of a real cluster in which servers of users can be started."""
    with user_namespace(client) as namespace, closing(Scheduling(plane, client, namespace)) as made:
        yield made


def one(
    pool: dict[str, Any],
    *,
    region: str = "us-west-2",
    settings: dict[str, Any] | None = None,
    **profile: Any,
) -> Deployment:
    """Return a deployment of one profile on one pool, without the rules that might refuse it."""
    entry = {"name": "P", "pool": "p", "default": True, **profile}
    profiles = {"pools": {"p": pool}, "profiles": [entry]}
    return deployment(profiles, region=region, **(settings or {}))


def alike(amount: Any) -> dict[str, Any]:
    """Return a guarantee with the same limit."""
    return {"guarantee": amount, "limit": amount}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_as_many_servers_fit_as_is_proved(cluster: Scheduling, path: Path) -> None:
    """On every machine of every profile: so many are bound, one more waits for what is short."""
    found = example(path)
    full = list(to_fill(found))

    images = {each["spec"]["containers"][0]["image"] for node in full for each in node.pods}
    written = {image.image for each in found.profiles.profiles for image in each.images.values()}
    assert images == written
    fill(cluster, full)


SLICED = {"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 4}}
PARTITIONED = {"instances": ["g7e.2xlarge"], "gpu": {"sharing": "mig", "profile": "1g.24gb"}}
SMALL = {"instances": ["m7i"], "sizes": ["large", "xlarge"]}
REFUSED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (SMALL, {"memory": alike("15.5G")}),
    (SMALL, {"cpu": alike(3.74)}),
    (SMALL, {"cpu": alike(4), "memory": alike("16G")}),
    (SMALL, {"gpu": 1}),
    (SMALL, {"neuron": 1}),
    ({"instances": ["g6.xlarge", "g6.2xlarge"]}, {"gpu": 2}),
    (SLICED, {"gpu": 5}),
    (SLICED, {"gpu": 1, "memory": alike("16G")}),
    (PARTITIONED, {"gpu": 5}),
    ({"instances": ["inf2.xlarge", "trn1.2xlarge"]}, {"neuron": 2}),
    ({"instances": ["inf2.xlarge"]}, {"neuron": 1, "cpu": alike(3.9)}),
]


OWN = {
    "labels": {"example.org/team": "physics"},
    "taints": [
        {"key": "example.org/team", "value": "physics", "effect": "NoExecute"},
        {"key": "example.org/flag"},
    ],
}
TINY = {"memory": {"guarantee": "300M", "limit": "1G"}}
BESIDE = {
    "name": "beside",
    "image": "example.invalid/beside:1",
    "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": 1, "memory": "2Gi"}},
}
KEYS: list[Deployment] = [
    one({"instances": ["m7i.xlarge"], "dedicated": True}, memory=alike("2G")),
    one({"instances": ["m7i.xlarge"], "dedicated": True}, memory=alike("9G")),
    one({"instances": ["g6.12xlarge"], "dedicated": True}, gpu=1),
    one({"instances": ["g6.xlarge"], "gpu": {"sharing": "mps", "slices": 6}}, gpu=1, **TINY),
    one(
        {
            "instances": ["g7e.2xlarge", "g7e.12xlarge", "p5.4xlarge"],
            "gpu": {"sharing": "mig", "profile": "auto"},
        },
        gpu=1,
        region="us-east-1",
    ),
    one({"instances": ["m7i.xlarge"], **OWN}, cpu=alike(1)),
    one({"instances": ["m7g"], "sizes": ["medium"], "capacity": ["spot", "on-demand"]}, **TINY),
    one({"instances": ["t3.small"]}, settings={"cluster": {"prefix_delegation": True}}, **TINY),
    one({"instances": ["m7i.large"]}, memory={"guarantee": "50M", "limit": "1G"}),
    *(
        one({"instances": ["m7i.xlarge"]}, settings={"hub_values": {"singleuser": single}})
        for single in (
            {"cpu": {"limit": 1.5}},
            {"memory": {"guarantee": None, "limit": "3G"}},
            {"extraContainers": [BESIDE]},
        )
    ),
]


def test_what_can_be_configured_means_what_is_proved(cluster: Scheduling) -> None:
    """Machines of one's own, every way to share, own labels and taints, many addresses, few.

    So do amounts of ``hub_values``, of which the API makes requests where there is only a limit.
    """
    fill(
        cluster,
        [each for index, found in enumerate(KEYS) for each in to_fill(found, f"key-{index}")],
    )


SIZES = across_pools(
    {
        "None": {"gpu": 0, "cpu": "6500m", "memory": "20Gi"},
        "Two": {"gpu": 2, "cpu": {"guarantee": 4, "limit": 8}},
        "Plain": {"pool": "cpu", "gpu": 0},
        "Neuron": {"pool": "inf", "gpu": 0, "neuron": 4},
        "Too large": {"gpu": 5},
    },
    neuron="inf2.24xlarge",
)


def test_every_size_of_a_profile_fits_as_is_proved(cluster: Scheduling) -> None:
    """With each image, in the pool that the size names, and one size that never starts."""
    full = list(to_fill(SIZES))

    assert [each.fit.users for each in full] == [4, 7, 2, 7, 1, 0]
    fill(cluster, full)


def test_what_is_refused_waits_for_what_the_proof_names(cluster: Scheduling) -> None:
    """On an empty node of each machine of the pool."""
    found = [one(pool, **profile) for pool, profile in REFUSED]
    full = [each for index, made in enumerate(found) for each in to_fill(made, f"no-{index}")]

    assert not any(verdict.starts for made in found for verdict in prove(made, catalog()))
    assert len({id(each.deployment) for each in full}) == len(REFUSED)
    fill(cluster, full)


@pytest.mark.parametrize(
    ("refused", "obstacles"),
    [
        (one({"instances": ["trn1.2xlarge"]}, region="eu-west-1", neuron=1), {"region"}),
        (one({"instances": ["m7i.4xlarge"], "max": {"cpu": 8}}), {"limit"}),
        (one({"instances": ["m7i"], "sizes": ["3xlarge"]}), set()),
    ],
    ids=["region", "upper limit", "no machine"],
)
def test_without_a_node_of_its_pool_a_server_waits(
    cluster: Scheduling, refused: Deployment, obstacles: set[str]
) -> None:
    """Another pool's node, with all the room it needs, has not its label."""
    (verdict,) = prove(refused, catalog())
    hub = Hub(refused)
    other = deployment(
        {
            "pools": {"other": {"instances": ["m7i.8xlarge"]}},
            "profiles": [{"name": "P", "pool": "other", "default": True}],
        }
    )
    (fit,) = prove(other, catalog())[0].fits

    with cluster.nodes([pool_node("other", other, "other", fit)]):
        (outcome,) = cluster.place([hub.pod(hub.choices()[0])]).values()

    assert not verdict.starts
    assert {each.obstacle for each in verdict.fits} == obstacles
    assert (outcome.node, outcome.reasons) == ("", {OTHER_LABELS: 1})


@pytest.mark.parametrize(
    "pool",
    [SLICED, PARTITIONED, {"instances": ["g6.12xlarge"]}],
    ids=["slices", "partitions", "whole GPUs"],
)
def test_the_fifth_of_four_devices_needs_a_second_node(
    cluster: Scheduling, pool: dict[str, Any]
) -> None:
    """Four servers share a node of four devices; the fifth starts once there is another node."""
    found = one(pool, gpu=1, memory=alike("2G"))
    hub = Hub(found)
    (verdict,) = prove(found, catalog())
    pods = hub.pods((hub.choices()[0], f"user-{index}") for index in range(5))
    names = [each["metadata"]["name"] for each in pods]
    first, second = (pool_node(name, found, "p", verdict.fits[0]) for name in ("first", "second"))

    with cluster.nodes([first]):
        outcomes = cluster.place(pods)
        (waiting,) = (name for name in names if not outcomes[name].node)
        assert outcomes[waiting].short == {insufficient(labels.GPU)}
        with cluster.nodes([second]):
            wait_for(lambda: cluster.outcomes([waiting])[waiting].node, "the fifth is bound")
            outcomes = cluster.outcomes(names)

    assert sorted(each.node for each in outcomes.values()) == ["first"] * 4 + ["second"]
    assert outcomes[waiting].node == "second"


def test_a_placeholder_gives_way_to_a_server(
    cluster: Scheduling, client: Client, namespace: str
) -> None:
    """A node of three places holds two for servers to come; each that comes gets one at once.

    The room that is taken is asked for anew, and waits for a node.
    """
    found = one({"instances": ["m7i.xlarge"], "warm": {"servers": 2}}, cpu=alike(1))
    (fit,) = prove(found, catalog())[0].fits
    hub = Hub(found)
    pods = hub.pods((hub.choices()[0], f"user-{index}") for index in range(2))
    priority, holders = placeholder_objects(found.profiles)

    client.apply(from_dict(priority), force=True)
    with cluster.nodes([pool_node("warm", found, "p", fit)]):
        client.create(from_dict(holders), namespace=namespace)
        wait_for(lambda: _held(client, namespace) == ["warm", "warm"], "the room is held")
        first = cluster.place(pods[:1])
        cluster.post(pods[1:])
        (name,) = (each["metadata"]["name"] for each in pods[1:])
        wait_for(lambda: cluster.outcomes([name])[name].node, "the second server has its place")
        wait_for(lambda: _held(client, namespace) == ["", "warm"], "room is asked for anew")
    client.delete(StatefulSet, holders["metadata"]["name"], namespace=namespace)
    client.delete(PriorityClass, priority["metadata"]["name"])

    assert fit.users == 3
    assert [each.node for each in first.values()] == ["warm"]


def _held(client: Client, namespace: str) -> list[str]:
    """Return the nodes of the placeholders, empty for one that waits."""
    found = client.list(Pod, namespace=namespace, labels={labels.PLACEHOLDER: "p"})
    return sorted((each.spec and each.spec.nodeName) or "" for each in found)


MIXED = deployment(
    {
        "pools": {"cpu": {"instances": ["m7i.8xlarge"]}, "gpu": {"instances": ["g6.8xlarge"]}},
        "profiles": [
            {"name": "CPU", "pool": "cpu", "default": True},
            {"name": "GPU", "pool": "gpu", "gpu": 1},
        ],
    }
)


def nodes_of(found: Deployment) -> dict[str, FakeNode]:
    """Return a node of each pool, and one of the group that the system runs on."""
    verdicts = prove(found, catalog())
    system = FakeNode(name="system", labels={labels.NODE_PURPOSE: labels.CORE})
    return {
        "system": system,
        **{each.pool: pool_node(each.pool, found, each.pool, each.fits[0]) for each in verdicts},
    }


def test_selector_taint_and_purpose_each_keep_a_server_away(cluster: Scheduling) -> None:
    """A server without a GPU gets neither onto a GPU node nor onto one of the system.

    Its selector does it alone, and without the selector the GPU's taint and the purpose do.
    """
    hub, nodes = Hub(MIXED), nodes_of(MIXED)
    made = hub.pod(hub.choices()[0], "as-made")
    tolerant, free = copy.deepcopy(made), copy.deepcopy(made)
    tolerant["metadata"]["name"] = "tolerant"
    tolerant["spec"]["tolerations"] = [{"operator": "Exists"}]
    free["metadata"]["name"] = "free"
    del free["spec"]["nodeSelector"]

    with cluster.nodes([nodes["gpu"], nodes["system"]]):
        found = cluster.place([made, tolerant, free])

    assert [each.node for each in found.values()] == ["", "", ""]
    assert found["tolerant"].reasons == {OTHER_LABELS: 2}
    assert found["free"].reasons == {UNTOLERATED: 1, OTHER_LABELS: 1}


def test_servers_and_the_system_are_apart(cluster: Scheduling) -> None:
    """With all nodes there, each is bound to its own; without its node, a system pod waits.

    A system pod tolerates what the chart's core pods and EKS's add-ons do.
    """
    hub, nodes = Hub(MIXED), nodes_of(MIXED)
    system = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "dns"},
        "spec": {
            "containers": [{"name": "main", "image": "example.invalid/dns:1"}],
            "tolerations": [
                {"key": "CriticalAddonsOnly", "operator": "Exists"},
                {"key": labels.USER_TAINT.key, "value": labels.CORE, "effect": "NoSchedule"},
            ],
        },
    }
    pods = [hub.pod(each, each.slug) for each in hub.choices()]

    with cluster.nodes([nodes["cpu"], nodes["gpu"]]):
        waiting = cluster.place([system])["dns"]
    with cluster.nodes(nodes.values()):
        found = cluster.place([system, *pods])

    assert (waiting.node, waiting.reasons) == ("", {UNTOLERATED: 2})
    assert {name: each.node for name, each in found.items()} == {
        "dns": "system",
        "jupyter-cpu": "cpu",
        "jupyter-gpu": "gpu",
    }


MACHINES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *(
        ({"instances": [name]}, {})
        for name in ("m7i.xlarge", "c7i.2xlarge", "r7a.large", "m7g.4xlarge")
    ),
    ({"instances": ["g6.12xlarge"]}, {"gpu": 1}),
    ({"instances": ["g6.12xlarge"]}, {"gpu": 2}),
    ({"instances": ["g5.2xlarge"], "gpu": {"sharing": "time-slicing", "slices": 7}}, {"gpu": 1}),
    (PARTITIONED, {"gpu": 1}),
    ({"instances": ["inf2.24xlarge"]}, {"neuron": 2}),
]


def at_random(chance: random.Random) -> Deployment:
    """Return a profile whose demand lies near an equal part of a machine's room.

    Often on the very edge: with a byte or a thousandth of a core more, one server less fits.
    """
    pool, devices = chance.choice(MACHINES)
    left = prove(one(pool, **devices), catalog())[0].fits[0].room
    return one(
        pool,
        **devices,
        cpu=alike(_part(chance, left, "cpu_m") / 1000),
        memory=alike(str(_part(chance, left, "memory"))),
    )


def _part(chance: random.Random, left: Amounts, name: Any) -> int:
    share = left.of(name) // chance.randint(1, 7)
    return chance.choice([share, share + 1, int(share * chance.uniform(0.6, 1.3))])


def test_random_demands_are_placed_as_is_proved(cluster: Scheduling) -> None:
    """The proof says n exactly where the scheduler binds n; 0 among them."""
    chance = random.Random(SEED)  # noqa: S311 - the same in every run
    full = [each for index in range(DEMANDS) for each in to_fill(at_random(chance), f"r-{index}")]

    assert len(full) == DEMANDS
    assert {each.fit.users for each in full} >= {0, 1, 2, 3}
    fill(cluster, full)
