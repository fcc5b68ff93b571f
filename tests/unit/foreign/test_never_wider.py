"""An imported pool starts nothing that the source does not allow, and what is lost is listed."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.foreign.importing import Imported, import_list
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.proof import prove
from tests.support.foreign import report, source
from tests.support.foreign import yaml_data as data

REGION = "us-west-2"
AWS = "karpenter.k8s.aws/instance-"
TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"


def pool(*requirements: dict[str, Any], name: str = "p", **spec: Any) -> str:
    """Return a node pool with a label `pool` of its name."""
    nodes = {"requirements": list(requirements), "taints": spec.pop("taints", [])}
    labels = {"pool": name, **spec.pop("labels", {})}
    template = {"metadata": {"labels": labels}, "spec": {**nodes, **spec.pop("nodes", {})}}
    whole = {"kind": "NodePool", "metadata": {"name": name}, "spec": {"template": template, **spec}}
    return json.dumps(whole)


def need(key: str, operator: str, *values: str) -> dict[str, Any]:
    """Return a requirement."""
    return {"key": key, "operator": operator, "values": list(values)}


def profile(title: str, gpus: int = 0, **selector: str) -> dict[str, Any]:
    """Return a profile that tolerates everything."""
    devices = {"nvidia.com/gpu": str(gpus)} if gpus else {}
    override = {
        "node_selector": selector,
        "extra_resource_limits": devices,
        "tolerations": [{"operator": "Exists"}],
        "mem_guarantee": "1G",
        "mem_limit": "1G",
    }
    return {"display_name": title, "kubespawner_override": override}


def imported(profiles: list[dict[str, Any]], *pools: str) -> Imported:
    """Import a list with pools beside it."""
    return import_list(source(json.dumps(profiles), *pools), catalog(), REGION)


def started(found: Imported) -> dict[str, set[str]]:
    """Return the types that the pool of each profile starts, by the text that was written."""
    ours = ProfilesFile.model_validate_json(json.dumps(data(found.text)))
    deployment = Deployment(settings=DeploymentFile(region=REGION), profiles=ours)
    return {
        verdict.profile: {
            fit.machine.name for fit in verdict.fits if fit.users and fit.obstacle is None
        }
        for verdict in prove(deployment, catalog())
    }


def allowed(profiles: list[dict[str, Any]], *pools: str) -> dict[str, set[str]]:
    """Return the types that hold each profile by the verdict about the source."""
    checked = report(json.dumps(profiles), *pools, region=REGION)
    return {
        each.shape.title: {fit.machine.name for fit in each.verdict.machines}
        for each in checked.shapes
        if each.verdict.status == "starts"
    }


FAMILIES = ("g5", "g6", "g4dn", "m7i", "m7g", "c7i", "r6i")
SIZES = ("large", "xlarge", "2xlarge", "12xlarge", "48xlarge", "metal")
REQUIREMENT = st.one_of(
    st.builds(
        lambda operator, values: need(f"{AWS}family", operator, *values),
        st.sampled_from(["In", "NotIn"]),
        st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=4),
    ),
    st.builds(
        lambda operator, values: need(f"{AWS}size", operator, *values),
        st.sampled_from(["In", "NotIn"]),
        st.lists(st.sampled_from(SIZES), min_size=1, max_size=4),
    ),
    st.builds(
        lambda values: need(TYPE, "In", *values),
        st.lists(st.builds("{}.{}".format, st.sampled_from(FAMILIES), st.sampled_from(SIZES)),
                 min_size=1, max_size=4),
    ),
    st.builds(
        lambda key, operator, value: need(f"{AWS}{key}", operator, value),
        st.sampled_from(["cpu", "generation", "gpu-count", "memory"]),
        st.sampled_from(["Gt", "Lt"]),
        st.sampled_from(["1", "4", "5", "16", "70000"]),
    ),
    st.builds(
        lambda values: need(f"{AWS}category", "In", *values),
        st.lists(st.sampled_from(["c", "m", "r", "g"]), min_size=1, max_size=3),
    ),
    st.builds(lambda arch: need("kubernetes.io/arch", "In", arch),
              st.sampled_from(["amd64", "arm64"])),
)  # fmt: skip
SELECTOR = st.one_of(
    st.just({}),
    st.builds(lambda name: {"pool": name}, st.sampled_from(["a", "b"])),
    st.builds(lambda family: {f"{AWS}family": family}, st.sampled_from(FAMILIES)),
    st.builds(lambda size: {f"{AWS}size": size}, st.sampled_from(SIZES)),
    st.builds(lambda count: {f"{AWS}gpu-count": count}, st.sampled_from(["1", "4", "8"])),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(SELECTOR, st.sampled_from([0, 1, 4])), min_size=1, max_size=3),
    st.lists(REQUIREMENT, max_size=3),
    st.lists(REQUIREMENT, max_size=3),
)
def test_no_profile_gets_a_machine_that_it_could_not_have(
    wanted: list[tuple[dict[str, str], int]],
    first: list[dict[str, Any]],
    second: list[dict[str, Any]],
) -> None:
    """Whatever pools and selectors demand, and whichever profiles share a pool."""
    profiles = [profile(f"P{n}", gpus, **each) for n, (each, gpus) in enumerate(wanted)]
    pools = pool(*first, name="a"), pool(*second, name="b")
    may = allowed(profiles, *pools)
    found: dict[str, set[str]] = {}
    with suppress(ConfigError):  # where nothing of the list starts
        found = started(imported(profiles, *pools))
    for name in may.keys() & found.keys():
        assert found[name] <= may[name]


@pytest.mark.parametrize("selector", [{"pool": "g5"}, {f"{AWS}family": "g5"}])
def test_sizes_are_kept_whichever_way_the_pool_is_selected(selector: dict[str, str]) -> None:
    """By the pool's label, and by the family that the pool has, too."""
    given_pool = pool(
        need(f"{AWS}family", "In", "g5"), need(f"{AWS}size", "In", "xlarge", "2xlarge"), name="g5"
    )
    found = imported([profile("P", 1, **selector)], given_pool).profiles.pools["g5"]

    assert (found.instances, found.sizes) == (("g5",), ("xlarge", "2xlarge"))


@pytest.mark.parametrize(
    ("requirement", "instances", "sizes"),
    [
        (need(f"{AWS}cpu", "Lt", "9"), ("m7i",), ("large", "xlarge", "2xlarge")),
        (need(f"{AWS}size", "In", "large"), ("m7i",), ("large",)),
        (need(TYPE, "In", "m7i.large", "c7i.large"), ("m7i.large",), ()),
    ],
)
def test_a_second_requirement_narrows_the_pool(
    requirement: dict[str, Any], instances: tuple[str, ...], sizes: tuple[str, ...]
) -> None:
    """As sizes of the families, or as types."""
    found = imported([profile("P")], pool(need(f"{AWS}family", "In", "m7i"), requirement))

    assert found.profiles.pools["p"].instances == instances
    assert found.profiles.pools["p"].sizes == sizes


def test_what_a_node_pool_says_besides_is_carried_or_listed() -> None:
    """Zones, limits, labels and taints of one's own; reserved ones and lifetimes are named."""
    found = imported(
        [profile("P", **{ZONE: "us-west-2b"})],
        pool(
            need(f"{AWS}family", "In", "m7i"),
            need(ZONE, "In", "us-west-2a", "us-west-2b"),
            need("karpenter.sh/capacity-type", "NotIn", "on-demand", "reserved"),
            labels={"team": "x", "kubernetes.io/foo": "y"},
            taints=[
                {"key": "team", "value": "x", "effect": "NoSchedule"},
                {"key": "kubernetes.io/foo", "effect": "NoSchedule"},
            ],
            limits={
                "cpu": "100500m",
                "nodes": "3",
                "memory": "100.5Gi",
                "ephemeral-storage": "1Ti",
            },
            nodes={"expireAfter": "720h"},
            disruption={"consolidateAfter": "1h"},
            weight=10,
        ),
    )
    made = found.profiles.pools["p"]
    losses = " ".join(each.message for each in found.losses)

    assert made.zones == ("us-west-2b",)
    assert made.capacity == ("spot",)
    assert made.max == {"cpu": 100, "nodes": 3, "memory_gib": 100}
    assert made.labels == {"pool": "p", "team": "x"}
    assert [(each.key, each.value) for each in made.taints] == [("team", "x")]
    assert made.lifetime.consolidate_after_minutes == 60
    assert "the label `kubernetes.io/foo: y` of the node pool `p` is not carried" in losses
    assert "the taint `kubernetes.io/foo:NoSchedule` of the node pool `p` is not" in losses
    assert "the settings `expireAfter: 720h`, `weight: 10` of the node pool `p` are not" in losses
    assert "the limit of `ephemeral-storage` of the node pool `p` is not carried" in losses
    assert "upper limit" not in losses


def test_zones_of_another_region_are_listed() -> None:
    """They would keep the profile from the region that was asked for."""
    found = imported(
        [profile("P")], pool(need(f"{AWS}family", "In", "m7i"), need(ZONE, "In", "eu-west-1a"))
    )

    assert found.profiles.pools["p"].zones == ()
    assert any("eu-west-1a" in each.message for each in found.losses)


def test_a_limit_in_slices_becomes_one_in_gpus() -> None:
    """Nodes report slices, and ours is written in GPUs."""
    plugin = json.dumps(
        {"config": {"map": {"default": {"sharing": {"timeSlicing": {"resources": [
            {"name": "nvidia.com/gpu", "replicas": 4}]}}}}}}
    )  # fmt: skip
    given_pool = pool(need(TYPE, "In", "g5.xlarge"), limits={"nvidia.com/gpu": "8"})

    assert imported([profile("P", 1)], given_pool, plugin).profiles.pools["p"].max == {"gpu": 2}


def test_what_was_chosen_is_listed() -> None:
    """Limits that the source does not have, keys without effect, and values beside the list."""
    own = profile("P", **{TYPE: "m7i.large"})
    own["cmd"] = "x"
    del own["kubespawner_override"]["mem_limit"]
    own["kubespawner_override"]["cpu_guarantee"] = 1
    values = {
        "hub": {"config": {"JupyterHub": {"a": 1}, "KubeSpawner": {"cmd": "y"}}},
        "singleuser": {"profileList": [own], "storage": {"type": "none"}},
    }
    losses = " ".join(
        each.message for each in import_list(source(json.dumps(values)), catalog(), REGION).losses
    )

    assert "no limit of cores or memory, so `cpu.limit: 2` and `memory.limit: 8Gi` are" in losses
    assert "the key `cmd` is not carried" in losses
    assert "the setting `cmd` of all servers is not carried" in losses
    assert "not carried, as no part of the profiles: `hub.config.JupyterHub`" in losses
    assert "`singleuser.storage`" in losses
    assert "no pool has an upper limit (`m7i-large`)" in losses
