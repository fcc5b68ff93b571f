"""The released Karpenter controller with the generated pools, against an emulated EC2.

The controller, the API and the scheduler are real; EC2 is moto with our layer before it; what a
machine's kubelet reports comes from EC2's data and the device plugin's configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases.z2jh.slugs import slugs
from tests.cluster.controller.lab import lab, prefixed
from tests.cluster.controller.registering import TYPE, NodeOverlay, NodePool
from tests.cluster.controller.scenes import REGION, every_kind, scenes, servers
from tests.support.spawned import EXAMPLES, Hub, example
from tests.support.waiting_page import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict
    from tests.cluster.controller.installed import Lab
    from tests.cluster.controller.lab import Site
    from tests.support.spawned import Choice


def tried() -> dict[str, dict[str, Deployment]]:
    """Return what is installed in each region: examples, and in one of them all else."""
    found: dict[str, dict[str, Deployment]] = {}
    for path in EXAMPLES:
        deployment = example(path)
        prefix = path.parent.name
        found.setdefault(deployment.settings.region, {})[prefix] = prefixed(prefix, deployment)
    found.setdefault(REGION, {})["kinds"] = prefixed("kinds", every_kind())
    return found


SCENES = "scenes"
REGIONS = sorted(tried())
in_each_region = pytest.mark.parametrize("place", REGIONS, indirect=True)
with_scenes = pytest.mark.parametrize("place", [SCENES], indirect=True)
# Which of Karpenter's words say what the proof calls an obstacle.
WORDS = {
    "memory": "no instance type has enough resources",
    "cpu_m": "no instance type has enough resources",
    "gpu": "no instance type has enough resources",
    "limit": "all available instance types exceed limits for nodepool (NodePool=no-limit)",
}
# What users read of it.
SENTENCES = {
    "memory": "your server needs 0.2 cores and 59.8 GiB of memory",
    "cpu_m": "your server needs 4.2 cores",
    "gpu": "2 GPUs",
    "limit": "pool is full",
}


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, site: Site, environment: None) -> Iterator[Lab]:
    """Karpenter in a region with all that is tried there, or with the scenes."""
    is_scenes = request.param == SCENES
    deployments = [scenes()] if is_scenes else list(tried()[request.param].values())
    with lab(site, deployments, unknown=["bare"]) as made:
        yield made


@in_each_region
def test_every_object_is_ready(place: Lab) -> None:
    """Karpenter has validated, resolved and evaluated each class, pool and overlay."""
    assert place.unready() == {}
    pools = {each.metadata.name for each in place.client.list(NodePool)}
    for deployment in tried()[place.ec2.region].values():
        assert pools >= deployment.profiles.pools.keys()
    shared = {each.metadata.name for each in place.client.list(NodeOverlay)}
    assert ("quickstart-gpu-shared-1-gpu" in shared) == (place.ec2.region == REGION)


@in_each_region
def test_every_choice_starts_where_the_proof_says(place: Lab) -> None:
    """Each profile with each option, all at once: Karpenter weighs exactly the proven machines.

    The pod runs on one of them, in the profile's pool, and Karpenter's estimate of that machine
    is the one of the proof.
    """
    asked = {
        name: (deployment, choice)
        for prefix, deployment in tried()[place.ec2.region].items()
        for name, choice in _choices(prefix, deployment).items()
    }
    pods = [Hub(deployment).pod(choice, user) for user, (deployment, choice) in asked.items()]
    names = place.start(pods)
    nodes, claims = place.nodes_of(names, 120), place.claims()
    place.stop(names)

    for (deployment, choice), name in zip(asked.values(), names, strict=True):
        claim, verdict = claims[nodes[name]], _verdict(deployment, choice)
        promised = {fit.machine.name for fit in verdict.machines}
        machine = claim.metadata.labels[TYPE]
        assert claim.metadata.labels["karpenter.sh/nodepool"] == verdict.pool, name
        assert machine in _types(claim) <= promised, name
        assert _estimate(claim) == _proven(machine), name
    assert _drifted(place) == []


def _choices(prefix: str, deployment: Deployment) -> dict[str, Choice]:
    return {f"{prefix}-{number}": choice for number, choice in enumerate(Hub(deployment).choices())}


def _verdicts(deployment: Deployment) -> Mapping[str, Verdict]:
    """Return the verdicts of profiles without sizes, by name."""
    return {each.profile: each for each in prove(deployment, catalog()) if not each.option}


def _verdict(deployment: Deployment, choice: Choice) -> Verdict:
    """Return the verdict of a choice: of its profile, or of the size that it has."""
    found = [each for each in prove(deployment, catalog()) if each.profile == choice.profile]
    sizes = [each.option for each in found if each.option]
    if not sizes:
        return found[0]
    return found[slugs(sizes).index(choice.options["size"])]


def _types(claim: Any) -> set[str]:
    (found,) = (each["values"] for each in claim.spec["requirements"] if each["key"] == TYPE)
    return set(found)


def _estimate(claim: Any) -> tuple[str, str, str]:
    free = claim.status["allocatable"]
    return free["cpu"], free["memory"], free["pods"]


def _proven(machine: str) -> tuple[str, str, str]:
    found = catalog().find(machine)
    assert found is not None
    cpu, memory = found.allocatable_cpu_m, found.allocatable_memory_mib()
    return f"{cpu}m", f"{memory}Mi", str(found.pods)


def _drifted(place: Lab) -> list[str]:
    return [
        name
        for name, claim in place.claims().items()
        for each in claim.status.get("conditions", [])
        if each["type"] == "Drifted" and each["status"] == "True"
    ]


def start(place: Lab, pool: str, users: int, batch: str = "") -> list[str]:
    """Start servers of a scene's profile."""
    return place.start(servers(scenes(), pool, users, batch))


@with_scenes
@pytest.mark.parametrize(
    ("pool", "machines"),
    [("sliced", 1), ("at-once", 1), ("parts", 1), ("bare", 4)],
    ids=lambda value: value,
)
def test_four_users_of_a_gpu_in_four_parts(place: Lab, pool: str, machines: int) -> None:
    """They get one machine, by time-slicing, by MPS and by MIG, and the fifth a second one.

    Without the NodeOverlay four get four.
    """
    four = start(place, pool, 4)
    nodes = place.nodes_of(four)
    assert len(place.claims_of(pool)) == machines
    if machines > 1:
        return
    assert len(set(nodes.values())) == 1

    fifth = start(place, pool, 1, "fifth")
    (other,) = place.nodes_of(fifth).values()

    assert other not in nodes.values()
    assert len(place.claims_of(pool)) == 2


@with_scenes
def test_what_is_out_of_stock_is_replaced_by_the_next_promise(place: Lab) -> None:
    """The cheapest machine is not to be had: the next of those that the proof named is taken."""
    verdict = _verdicts(scenes())["scarce"]
    promised = [fit.machine.name for fit in verdict.machines]
    assert promised == ["c7i.large", "c7i.xlarge", "c7i.2xlarge"]
    with place.ec2.out_of_stock("c7i.large"):
        place.nodes_of(start(place, "scarce", 1))

    (claim,) = place.claims_of("scarce")
    assert claim.metadata.labels[TYPE] == "c7i.xlarge"


@with_scenes
def test_a_pool_that_is_out_of_stock_is_said_to_be(place: Lab) -> None:
    """No machine of the pool is to be had: none starts, and the user is told why."""
    with place.ec2.out_of_stock("c6i.large"):
        names = start(place, "gone", 1)
        text = place.refusal(names[0], seconds=240)
    place.stop(names)

    assert "jhub/pool In [gone]" in text  # of the others; of this pool it says nothing
    assert "no instance type" not in text
    assert "AWS has none to give" in sentence(text, "gone")


@with_scenes
@pytest.mark.parametrize("pool", ["no-memory", "no-cores", "no-gpus", "no-limit"])
def test_what_the_proof_refuses_karpenter_refuses(place: Lab, pool: str) -> None:
    """For the same reason, in its own words."""
    (obstacle,) = {fit.obstacle for fit in _verdicts(scenes())[pool].fits}
    assert obstacle is not None

    (name,) = start(place, pool, 1)
    text = place.refusal(name)
    place.stop([name])

    assert WORDS[obstacle] in text
    assert SENTENCES[obstacle] in sentence(text, pool)


@with_scenes
def test_what_a_region_lacks_karpenter_does_not_start(place: Lab) -> None:
    """The proof names the region; Karpenter has no machine in the pool at all."""
    (fit,) = _verdicts(scenes())["no-region"].fits
    assert fit.obstacle == "region"

    (name,) = start(place, "no-region", 1)
    text = place.refusal(name)
    place.stop([name])

    assert WORDS["memory"] not in text
    assert place.claims_of("no-region") == []


@with_scenes
def test_a_full_pool_is_said_to_be_full(place: Lab) -> None:
    """The limit lets one machine in; the second user is refused by Karpenter, for the limit."""
    place.nodes_of(start(place, "full", 1))

    (name,) = start(place, "full", 1, "late")
    text = place.refusal(name)
    place.stop([name])

    assert "all available instance types exceed limits for nodepool (NodePool=full)" in text
    assert "pool is full" in sentence(text, "full")
    assert len(place.claims_of("full")) == 1


@with_scenes
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nodeSelector": {"jhub/pool": "nowhere"}}, "key jhub/pool, jhub/pool In [nowhere]"),
        ({"tolerations": []}, "did not tolerate taint (taint=hub.jupyter.org/dedicated=user"),
    ],
    ids=["label", "taint"],
)
def test_a_pod_that_was_changed_is_refused(place: Lab, change: dict[str, Any], words: str) -> None:
    """By label or taint, so the agreement of pods and pools is what lets the others start."""
    hub = Hub(scenes())
    (choice,) = (each for each in hub.choices() if each.profile == "scarce")
    pod = hub.pod(choice, f"changed-{next(iter(change)).lower()}")
    pod["spec"] |= change

    names = place.start([pod])
    text = place.refusal(names[0])
    place.stop(names)

    assert words in text
    assert "can start no machine at the moment" in sentence(text, "scarce")


@with_scenes
@pytest.mark.parametrize(("resource", "unit"), [("cpu", "m"), ("memory", "")])
def test_the_proof_is_right_to_the_last_unit(place: Lab, resource: str, unit: str) -> None:
    """All that the proof leaves of a machine can be had; one millicore or byte more cannot."""
    (fit,) = _verdicts(scenes())["edge"].fits
    most = fit.room.cpu_m if resource == "cpu" else fit.room.memory

    def asking(amount: int, user: str) -> str:
        hub = Hub(scenes())
        (choice,) = (each for each in hub.choices() if each.profile == "edge")
        pod = hub.pod(choice, user)
        resources = pod["spec"]["containers"][0]["resources"]
        for side in ("requests", "limits"):
            resources[side][resource] = f"{amount}{unit}"
        return place.start([pod])[0]

    more = asking(most + 1, f"more-{resource}")
    assert WORDS["memory"] in place.refusal(more)
    all_of_it = asking(most, f"all-{resource}")
    place.nodes_of([all_of_it])
    place.stop([more, all_of_it])
