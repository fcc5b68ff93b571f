"""The released Karpenter controller: nodes that always run, held room, spot, reservations.

As in ``test_karpenter_controller.py``; Karpenter runs with the features that its release
switches on. What is reserved, and that spot is short, is our layer's before moto. Not tried, as
nothing here stands for it: capacity blocks, EC2's reclaiming of spot instances, expiry and
replacing nodes in a window, of which only the settings are seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict
from lightkube.resources.apps_v1 import StatefulSet
from lightkube.resources.core_v1 import Pod
from lightkube.resources.scheduling_v1 import PriorityClass
from lightkube.types import PatchType

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.node_classes import DISCOVERY_TAG, NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.releases.placeholders import placeholder_objects
from tests.cluster.controller.ec2 import CLUSTER, PROFILE
from tests.cluster.controller.fleets import SPOT
from tests.cluster.controller.lab import lab
from tests.cluster.controller.registering import TYPE, NodePool
from tests.cluster.controller.reservations import Reservation
from tests.cluster.controller.scenes import kept, purchases, servers
from tests.cluster.waiting import wait_for
from tests.support.waiting_page import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.controller.installed import Lab
    from tests.cluster.controller.lab import Site

WARM = "kept-warm"
NAMESPACE = "kube-system"
BOUGHT = "karpenter.sh/capacity-type"
RESERVATION = "karpenter.k8s.aws/capacity-reservation-id"
ZONE = "us-west-2b"
RESERVED = [
    Reservation(id=name, instance_type=machine, zone=ZONE, count=1, tags={DISCOVERY_TAG: owner})
    for name, machine, owner in [
        ("cr-0a", "m7i.xlarge", CLUSTER),
        ("cr-0b", "m7i.large", "another"),
        ("cr-0c", "m7a.large", CLUSTER),
    ]
]


@pytest.fixture(scope="module")
def place(site: Site, environment: None) -> Iterator[Lab]:
    """Karpenter with pools by how their machines are bought, and with nodes that always run."""
    with lab(site, [purchases(), kept(2)], reserved=RESERVED) as made:
        yield made


def start(place: Lab, pool: str, batch: str = "") -> str:
    """Start a server; return its name."""
    return place.start(servers(purchases(), pool, batch=batch))[0]


def bought(place: Lab, claim: Any) -> dict[str, Any]:
    """Return what EC2 says of the instance of a claim."""
    return place.ec2.instances()[claim.status["providerID"].rpartition("/")[2]]


def is_reserved(place: Lab, claim: Any, reservation: str) -> bool:
    """Whether a claim is in a reservation, by Karpenter and by EC2."""
    shown = claim.metadata.labels
    told = (shown[BOUGHT], shown.get(RESERVATION))
    found = bought(place, claim).get("CapacityReservationId")
    return told == ("reserved", reservation) and found == reservation


def other(place: Lab, claim: Any) -> Any:
    """Return the only other claim of a claim's pool."""
    found = place.claims_of(claim.metadata.labels["karpenter.sh/nodepool"])
    (one,) = (each for each in found if each.metadata.name != claim.metadata.name)
    return one


def test_every_object_is_ready(place: Lab) -> None:
    """Karpenter takes static pools, each way of buying, windows and expiry."""
    assert place.unready() == {}
    pools = {each.metadata.name for each in place.client.list(NodePool)}
    assert pools == {*purchases().profiles.pools, "kept", WARM}


def test_nodes_that_always_run_are_as_many_as_were_asked_for(place: Lab) -> None:
    """Two without any pod, of the cheapest machine; then three; then one, that of the server.

    The server goes to a node that runs, and the pool starts none of its own.
    """
    (verdict,) = prove(kept(2), catalog())
    cheapest = min(
        (price.per_hour, fit.machine.name)
        for fit in verdict.machines
        if (price := catalog().price("us-west-2", fit.machine.name))
    )[1]
    wait_for(lambda: _ready(place) == 2, "two nodes run")
    assert {each.metadata.labels[TYPE] for each in place.claims_of(WARM)} == {cheapest}

    (name,) = place.start(servers(kept(2), "kept"))
    (node,) = place.nodes_of([name]).values()
    assert node in {each.metadata.name for each in place.claims_of(WARM)}

    _keep(place, 3)
    wait_for(lambda: _ready(place) == 3, "three nodes run")
    _keep(place, 1)
    wait_for(lambda: len(place.claims_of(WARM)) == 1, "one node is left")

    (last,) = place.claims_of(WARM)
    assert last.metadata.name == node
    assert place.claims_of("kept") == []
    wait_for(lambda: _instances(place, WARM) == 1, "EC2 runs no other")


def _ready(place: Lab) -> int:
    """Return how many claims are there; -1 while one of them is not ready."""
    found = place.claims_of(WARM)
    conditions = [
        {one["type"]: one["status"] for one in (each.status or {}).get("conditions", [])}
        for each in found
    ]
    return len(found) if all(each.get("Ready") == "True" for each in conditions) else -1


def _keep(place: Lab, nodes: int) -> None:
    """Deploy another number of nodes."""
    wanted = kept(nodes)
    made = node_objects(wanted.profiles, wanted.settings, NodePlace(instance_profile=PROFILE))
    (spec,) = (each["spec"] for each in made if each["metadata"]["name"] == WARM)
    place.client.patch(NodePool, WARM, {"spec": spec}, patch_type=PatchType.MERGE)


def _instances(place: Lab, pool: str) -> int:
    wanted = {"Key": "karpenter.sh/nodepool", "Value": pool}
    return sum(wanted in each["Tags"] for each in place.ec2.instances().values())


@pytest.fixture
def placeholder(place: Lab) -> Iterator[None]:
    """What the chart of the nodes holds room with."""
    priority, pods = placeholder_objects(purchases().profiles)
    pods["metadata"]["namespace"] = NAMESPACE
    place.client.create(from_dict(priority))
    place.client.create(from_dict(pods))
    yield
    place.client.delete(StatefulSet, pods["metadata"]["name"], namespace=NAMESPACE)
    place.client.delete(PriorityClass, priority["metadata"]["name"])


@pytest.mark.usefixtures("placeholder")
def test_room_that_a_user_takes_is_made_again(place: Lab) -> None:
    """A placeholder has a machine started; a server gets it at once, and a second one comes."""
    wait_for(lambda: _holder(place) is not None, "the placeholder runs")
    first = _holder(place)
    assert [each.metadata.name for each in place.claims_of("held")] == [first]

    name = start(place, "held")
    assert place.nodes_of([name]) == {name: first}
    wait_for(lambda: _holder(place) not in {None, first}, "it runs elsewhere")

    assert {each.metadata.name for each in place.claims_of("held")} == {first, _holder(place)}
    assert len(place.claims_of("held")) == 2


def _holder(place: Lab) -> str | None:
    """Return the node of the only placeholder, once it runs there."""
    found = list(place.client.list(Pod, namespace=NAMESPACE, labels={labels.PLACEHOLDER: "held"}))
    running = [
        str(each.spec.nodeName)
        for each in found
        if each.spec and each.status and each.status.phase == "Running"
    ]
    return running[0] if running else None


def test_a_spot_pool_takes_spot_machines_and_no_others(place: Lab) -> None:
    """With the life that was set. Without spot nothing starts on demand; the user is told why."""
    place.nodes_of([start(place, "spot")])
    (claim,) = place.claims_of("spot")
    assert claim.metadata.labels[BOUGHT] == "spot"
    assert bought(place, claim)["InstanceLifecycle"] == "spot"
    assert claim.spec["expireAfter"] == "336h"
    assert claim.spec["terminationGracePeriod"] == "48h0m0s"

    with place.ec2.out_of_stock("m6a.large", "m6a.xlarge", options=[SPOT]):
        late = start(place, "spot", "late")
        text = place.refusal(late, seconds=240)
    place.stop([late])

    assert "AWS has none to give" in sentence(text, "spot")
    assert [each.metadata.name for each in place.claims_of("spot")] == [claim.metadata.name]


def test_on_demand_stands_in_where_spot_is_short(place: Lab) -> None:
    """The first machine is spot; once there is none, the next one is on demand."""
    place.nodes_of([start(place, "spot-first")])
    (first,) = place.claims_of("spot-first")
    assert first.metadata.labels[BOUGHT] == "spot"
    assert bought(place, first)["InstanceLifecycle"] == "spot"

    with place.ec2.out_of_stock("m5a.large", "m5a.xlarge", options=[SPOT]):
        place.nodes_of([start(place, "spot-first", "late")])

    second = other(place, first)
    assert second.metadata.labels[BOUGHT] == "on-demand"
    assert "InstanceLifecycle" not in bought(place, second)


def test_what_is_reserved_is_taken_first_and_no_one_elses(place: Lab) -> None:
    """A server goes where our tag is, though that machine is the dearer one; the next on demand.

    So it does though another's reservation of its machine has room.
    """
    place.nodes_of([start(place, "reserved-first")])
    (first,) = place.claims_of("reserved-first")
    assert is_reserved(place, first, "cr-0a")
    assert first.metadata.labels[TYPE] == "m7i.xlarge"
    assert first.metadata.labels["topology.kubernetes.io/zone"] == ZONE

    # Three of them fill that machine.
    late = place.start(servers(purchases(), "reserved-first", 3, "late"))
    place.nodes_of(late)

    second = other(place, first)
    assert second.metadata.labels[BOUGHT] == "on-demand"
    assert second.metadata.labels[TYPE] == "m7i.large"
    assert "CapacityReservationId" not in bought(place, second)


def test_a_reserved_pool_takes_what_is_reserved_and_no_more(place: Lab) -> None:
    """Its machines are in stock on demand; the user is told why none of them starts."""
    place.nodes_of([start(place, "reserved")])
    (claim,) = place.claims_of("reserved")
    assert is_reserved(place, claim, "cr-0c")

    late = start(place, "reserved", "late")
    text = place.refusal(late)
    place.stop([late])

    assert "AWS has none to give" in sentence(text, "reserved")
    assert len(place.claims_of("reserved")) == 1
