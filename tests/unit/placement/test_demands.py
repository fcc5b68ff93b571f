"""What a server asks for by the proof is what the real KubeSpawner asks for in its pod."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.placeholders import placeholder_objects
from jupyterhub_eks.releases.z2jh.slugs import slugs
from tests.support.hub import ROOT, Z2JH, deployment
from tests.support.hub_configuration import DEFAULTS
from tests.support.sizes import across_pools
from tests.support.spawned import EXAMPLES, Choice, Hub, example, requests

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict

EXTENDED = (labels.GPU, labels.NEURON)


def proved(found: Deployment) -> dict[tuple[str, str | None], Verdict]:
    """Return the verdicts by profile and slug of the size."""
    verdicts = prove(found, catalog())
    by_profile: dict[str, list[Verdict]] = {}
    for each in verdicts:
        by_profile.setdefault(each.profile, []).append(each)
    named = {}
    for profile, each in by_profile.items():
        titles = [verdict.option or "" for verdict in each]
        sizes = slugs(titles) if each[0].option else [None]
        named |= {(profile, size): verdict for size, verdict in zip(sizes, each, strict=True)}
    return named


def key(choice: Choice) -> tuple[str, str | None]:
    """Return the key of the verdict on a choice."""
    return choice.profile, choice.options.get("size")


def asked_by_proof(verdict: Verdict) -> dict[str, Decimal | int]:
    """Return a demand as Kubernetes names it, without the place of the pod itself."""
    wanted = verdict.demand
    assert wanted.pods == 1
    amounts = {
        "memory": wanted.memory,
        "ephemeral-storage": wanted.disk,
        labels.GPU: wanted.gpu,
        labels.NEURON: wanted.neuron,
        "cpu": wanted.cpu_m,
    }
    return {name: amount for name, amount in amounts.items() if amount}


def asked_by_pod(pod: dict[str, Any]) -> dict[str, Decimal | int]:
    """Return what a pod asks for, cores in thousandths."""
    return {
        name: amount * 1000 if name == "cpu" else amount for name, amount in requests(pod).items()
    }


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.parent.name)
def shipped(request: pytest.FixtureRequest) -> tuple[Deployment, list[tuple[Choice, Any]]]:
    """An example, with the pod of every choice on its server page."""
    path: Path = request.param
    found = example(path)
    hub = Hub(found)
    choices = hub.choices()
    return found, list(zip(choices, hub.pods((each, "alice") for each in choices), strict=True))


def test_every_choice_of_an_example_asks_for_what_is_proved(
    shipped: tuple[Deployment, list[tuple[Choice, Any]]],
) -> None:
    """Each combination of options has a pod, and no profile is left out."""
    found, pods = shipped
    verdicts = proved(found)

    assert {key(choice) for choice, _ in pods} == verdicts.keys()
    for choice, pod in pods:
        assert asked_by_pod(pod) == asked_by_proof(verdicts[key(choice)]), choice


def test_every_choice_of_an_example_is_bound_to_its_pool(
    shipped: tuple[Deployment, list[tuple[Choice, Any]]],
) -> None:
    """It selects the pool, keeps its node, and has devices as limits and requests alike."""
    found, pods = shipped
    verdicts = proved(found)
    for choice, pod in pods:
        verdict = verdicts[key(choice)]
        spec, resources = pod["spec"], pod["spec"]["containers"][0]["resources"]

        assert spec["nodeSelector"] == {labels.POOL: verdict.pool}
        assert pod["metadata"]["annotations"][labels.DO_NOT_DISRUPT] == "true"
        asked = [
            {name: amount for name, amount in resources[side].items() if name in EXTENDED}
            for side in ("limits", "requests")
        ]
        assert asked[0] == asked[1]
        assert bool(asked[0]) is bool(verdict.demand.gpu or verdict.demand.neuron), choice


def _one(settings: dict[str, Any] | None = None, **profile: Any) -> Deployment:
    pools = {"cpu": {"instances": ["m7i"], "sizes": ["48xlarge"]}}
    entry = {"name": "A", "pool": "cpu", "default": True, **profile}
    return deployment({"pools": pools, "profiles": [entry]}, **(settings or {}))


def check(found: Deployment) -> None:
    """Fail unless proof and pod of the only profile ask for the same."""
    hub = Hub(found)
    (choice,), (verdict,) = hub.choices(), proved(found).values()
    assert asked_by_pod(hub.pod(choice)) == asked_by_proof(verdict)


@settings(max_examples=40)
@given(
    cores=st.decimals("0.001", 190, places=3).map(float) | st.floats(0.0001, 190),
    memory=st.tuples(
        st.decimals(1, 30, places=2).map(str), st.sampled_from(["G", "Gi", "M", "Mi", "T", "Ti"])
    ),
)
def test_whatever_is_written_is_read_alike(cores: float, memory: tuple[str, str]) -> None:
    """Fractions of cores and every unit of memory."""
    amount = "".join(memory)
    check(
        _one(
            cpu={"guarantee": cores, "limit": cores},
            memory={"guarantee": amount, "limit": amount},
        )
    )


@pytest.mark.parametrize("cores", [16.1, 4.03, 0.007, 1.001, 0.0001])
def test_cores_are_counted_as_they_are_written(cores: float) -> None:
    """16.1 cores are 16,100 thousandths, although the nearest double is a little more."""
    check(_one(cpu={"guarantee": cores, "limit": cores}))


@pytest.mark.parametrize("cores", [16.1, 2.0, 0.0001])
def test_room_that_is_held_is_as_large_as_a_server(cores: float) -> None:
    """A placeholder asks for what the server asks for that takes its place, not for more."""
    pools = {"cpu": {"instances": ["m7i.48xlarge"], "warm": {"servers": 1}}}
    entry = {"name": "A", "pool": "cpu", "default": True, "cpu": {"guarantee": cores, "limit": 20}}
    found = deployment({"pools": pools, "profiles": [entry]})
    _, holders = placeholder_objects(found.profiles)
    hub = Hub(found)

    held, server = holders["spec"]["template"], hub.pod(hub.choices()[0])
    assert requests(held) == requests(server)
    assert requests(server)["cpu"] == Decimal(str(cores)).quantize(Decimal("0.001"), ROUND_UP)


def test_every_combination_of_size_and_image_asks_for_what_is_proved() -> None:
    """With devices that come and go, another pool, and amounts that are left out."""
    found = across_pools(
        {
            "None": {"gpu": 0, "cpu": "1500m"},
            "Four": {"gpu": 4, "cpu": {"guarantee": 4, "limit": 8}},
            "Plain": {"pool": "cpu", "gpu": 0, "memory": "1Gi"},
            "Neuron": {"pool": "inf", "gpu": 0, "neuron": 1},
        },
        neuron="inf2.xlarge",
    )
    verdicts, hub = proved(found), Hub(found)
    choices = hub.choices()
    pods = hub.pods((each, "alice") for each in choices)

    assert len(choices) == 10
    for choice, pod in zip(choices, pods, strict=True):
        verdict = verdicts[key(choice)]
        assert asked_by_pod(pod) == asked_by_proof(verdict), choice
        assert pod["spec"]["nodeSelector"] == {labels.POOL: verdict.pool}


@pytest.mark.parametrize(
    "override",
    [
        {"cpu_guarantee": 3.5},
        {"cpu_guarantee": 0},
        {"cpu_guarantee": None, "cpu_limit": 2},
        {"cpu_guarantee": None, "cpu_limit": None, "mem_guarantee": None, "mem_limit": None},
        {"mem_guarantee": "9G"},
        {"mem_guarantee": 2**33, "mem_limit": "12G"},
        {"extra_resource_limits": {labels.GPU: 2}, "extra_resource_guarantees": {labels.GPU: 2}},
        {
            "extra_resource_limits": {labels.GPU: None},
            "extra_resource_guarantees": {labels.GPU: None},
        },
        {"extra_containers": [{"name": "a", "resources": {"requests": {"cpu": "1500m"}}}]},
    ],
)
@pytest.mark.parametrize("amounts", [{}, {"cpu": {"guarantee": 1, "limit": 4}, "memory": "4G"}])
def test_the_last_word_is_proved(override: dict[str, Any], amounts: dict[str, Any]) -> None:
    """Whatever settings of its own make of the amounts of a profile, or of those of the chart."""
    pools = {"gpu": {"instances": ["g6.12xlarge"]}}
    entry = {"name": "A", "pool": "gpu", "default": True, "gpu": 1, **amounts}
    check(deployment({"pools": pools, "profiles": [{**entry, "kubespawner_override": override}]}))


def test_a_profile_without_amounts_asks_for_what_the_chart_gives() -> None:
    """One GiB, and no cores."""
    check(_one())


_IMAGE = {"name": "beside", "image": "example.invalid/beside:1"}


def _container(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"extraContainers": [{**_IMAGE, "resources": resources}]}


def _beside(**requests: str) -> dict[str, Any]:
    return {**_IMAGE, "resources": {"requests": requests}}


def _sidecar(**requests: str) -> dict[str, Any]:
    return {**_beside(**requests), "restartPolicy": "Always"}


@pytest.mark.parametrize(
    "single",
    [
        {"cpu": {"guarantee": 16.1}},
        {"cpu": {"guarantee": 2, "limit": 4}, "memory": {"limit": "4G"}},
        {"memory": {"guarantee": "20G"}},
        {"memory": {"guarantee": 3_000_000_000, "limit": "30G"}},
        {"memory": {"guarantee": None}},
        {"memory": None},
        _container(requests={"cpu": "1500m", "memory": "1Gi"}, limits={"cpu": 4}),
        _container(),
        {"extraContainers": {"b": _beside(cpu="1"), "a": _beside(memory="1Gi")}},
        {"extraContainers": [_beside(**{"ephemeral-storage": "5Gi", labels.GPU: "1"})]},
        {"extraResource": {"limits": {labels.GPU: "2"}, "guarantees": {labels.GPU: "2"}}},
        {"extraResource": {"limits": {"ephemeral-storage": "9Gi"}}},
        {"extraResource": {"guarantees": {"cpu": "7", "memory": "3Gi"}}},
        {"initContainers": [_beside(cpu="9", memory="100Mi"), _beside(memory="40Gi")]},
        {"initContainers": [_beside(cpu="9"), _sidecar(cpu="2"), _beside(cpu="8")]},
        {"initContainers": [_sidecar(cpu="2")], "extraContainers": [_beside(cpu="1")]},
    ],
)
@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"cpu": 3, "memory": "8G"},
        {"kubespawner_override": {"extra_containers": [], "init_containers": []}},
        {
            "gpu": 1,
            "kubespawner_override": {
                "init_containers": [{**_IMAGE, "resources": {"limits": {"cpu": 12}}}],
                "extra_resource_limits": {"ephemeral-storage": None},
            },
        },
    ],
    ids=["silent", "told", "without", "with"],
)
@pytest.mark.parametrize(
    "passed", [{}, {"cpu_limit": 5, "mem_guarantee": "2G"}], ids=["", "passed"]
)
def test_values_of_the_users_own_count(
    single: dict[str, Any], profile: dict[str, Any], passed: dict[str, Any]
) -> None:
    """What ``hub_values`` give to every server, where its profile does not say otherwise."""
    values = {"singleuser": single, "hub": {"config": {"KubeSpawner": passed}}}
    pools = {"gpu": {"instances": ["g6.48xlarge"], "warm": {"servers": 1}}}
    entry = {"name": "A", "pool": "gpu", "default": True, **profile}
    found = deployment({"pools": pools, "profiles": [entry]}, hub_values=values)

    check(found)
    _, holders = placeholder_objects(found.profiles, values)
    hub = Hub(found)
    held, server = holders["spec"]["template"], hub.pod(hub.choices()[0])
    assert requests(held) == {name: each for name, each in requests(server).items() if each}


@pytest.mark.parametrize(
    ("single", "asked"),
    [
        ({"cpu": {"limit": 8}, "memory": {"guarantee": None, "limit": "2G"}}, {"cpu": 8000}),
        (_container(limits={"cpu": "250m"}), {"cpu": 250, "memory": 2**30}),
    ],
)
def test_a_limit_alone_is_asked_for(single: dict[str, Any], asked: dict[str, int]) -> None:
    """The API makes a request of it (Kubernetes, "Resource Management for Pods")."""
    (verdict,) = proved(_one(settings={"hub_values": {"singleuser": single}})).values()
    assert asked_by_proof(verdict) == {"memory": 2 * 2**30, **asked}


def test_the_chart_has_the_values_that_the_tests_take_for_its_own() -> None:
    """Else the pods of these tests are not those of a deployed hub."""
    if not Z2JH.is_dir():
        pytest.skip(f"the values of the chart are not at {Z2JH.relative_to(ROOT.parent)}")
    chart = YAML(typ="safe", pure=True).load((Z2JH / "values.yaml").read_text(encoding="utf-8"))

    assert _shared(DEFAULTS, chart) == DEFAULTS


def _shared(taken: dict[str, Any], chart: dict[str, Any]) -> dict[str, Any]:
    """Return the chart's values under the keys of a tree."""
    return {
        key: _shared(value, chart[key]) if isinstance(value, dict) else chart[key]
        for key, value in taken.items()
    }
