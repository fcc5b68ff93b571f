"""Karpenter's objects against the schemas of its definitions."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.pool_parts import DAYS
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.rules.pools import pool_rules
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases.checking import (
    first_fault,
    is_karpenters,
    node_findings,
    refuse_faulty_nodes,
)
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.resources import data_root, read_text
from tests.support.crd_schemas import schemas, text_of
from tests.support.pools import DATA, EVERY_KEY, EVERY_KIND, deployment_with, mig, pool, slicing

CRDS = DATA / "karpenter-crds-1.14.1"
SHAPES = {
    **EVERY_KIND,
    **EVERY_KEY,
    "spot": pool("m7g", "m8g", capacity="spot"),
    "reserved": pool("p5.48xlarge", capacity="reserved"),
    "many": mig("1g.10gb", "p5", "p4de", max={"gpu": 8, "cpu": 1, "memory_gib": 1}),
    "part": pool("g6f", disk_gib=16384),
    "a" * 40: slicing(48, "gr6", disk_gib=20),
}


def manifests(**settings: Any) -> list[dict[str, Any]]:
    deployment = deployment_with(SHAPES, **settings)
    place = NodePlace(instance_profile="${TfToken[TOKEN.1]}")
    objects = node_objects(deployment.profiles, deployment.settings, place)
    return [each for each in objects if is_karpenters(each)]


def one(kind: str) -> dict[str, Any]:
    return copy.deepcopy(next(each for each in manifests() if each["kind"] == kind))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"tags": {"cost-center": "4711", "a b": "c=d"}},
        {"cluster": {"prefix_delegation": True}},
        {
            "network": {
                "existing": {
                    "vpc_id": "vpc-0123456789abcdef0",
                    "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
                }
            }
        },
    ],
)
def test_every_object_is_one_that_karpenter_takes(settings: dict[str, Any]) -> None:
    """Each kind of pool, under each setting that shapes it, has no fault."""
    made = manifests(**settings)
    assert {each["kind"] for each in made} == {"EC2NodeClass", "NodePool", "NodeOverlay"}
    assert {first_fault(each) for each in made} == {""}


def test_names_are_names_of_kubernetes_objects() -> None:
    """Also of the longest pool: up to 63 lower-case letters, digits, hyphens and dots."""
    for each in manifests():
        name = each["metadata"]["name"]
        assert len(name) <= 63
        assert name.replace("-", "a").replace(".", "a").isalnum()
        assert name == name.lower()


def test_a_wrong_value_is_told_with_its_place() -> None:
    """The message begins with the path of the value."""
    wrong = one("NodePool")
    wrong["spec"]["disruption"]["consolidateAfter"] = "soon"
    assert first_fault(wrong).startswith("spec.disruption.consolidateAfter must match pattern")


def test_a_field_that_kubernetes_would_drop_is_a_fault() -> None:
    """A misplaced or misspelt field would be ignored by the cluster in silence."""
    wrong = one("NodePool")
    wrong["spec"]["disruption"]["expireAfter"] = "720h"
    assert "expireAfter" in first_fault(wrong)


def test_an_old_version_of_the_api_is_a_fault() -> None:
    """`v1beta1` is gone."""
    wrong = {**one("EC2NodeClass"), "apiVersion": "karpenter.k8s.aws/v1beta1"}
    assert first_fault(wrong).startswith("apiVersion must be karpenter.k8s.aws/v1, ")


def test_a_pool_that_karpenter_would_refuse_is_found() -> None:
    """The finding names the pool and the field; here, a label value with a blank."""
    broken = {"cpu": pool("m7i"), "a b": pool("m7i")}
    (found,) = node_findings(deployment_with(broken))
    assert found.path == ("pools", "a b")
    assert "refuse the NodePool" in found.message
    assert "jhub/pool" in found.message


def test_a_faulty_pool_is_an_error_of_the_configuration() -> None:
    """It ends with the pool's key, before any stack is written."""
    with pytest.raises(ConfigError) as caught:
        refuse_faulty_nodes(deployment_with({"a b": pool("m7i")}))
    (problem,) = caught.value.problems
    assert (problem.path, problem.location) == ("pools.a b", "profiles.yaml")


def test_a_good_deployment_has_no_findings() -> None:
    """Nothing is said about pools that Karpenter takes."""
    refuse_faulty_nodes(deployment_with(SHAPES))


NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
MACHINES = st.sampled_from(
    [
        "m7i",
        "m7g",
        "m7i-flex",
        "m6i.large",
        "g6",
        "g6f",
        "gr6",
        "g7e",
        "g7e.2xlarge",
        "p5",
        "p5en",
        "p4d",
        "p4de",
        "p6-b200",
        "p6-b300",
        "g4ad",
        "g5g",
        "g5.xlarge",
        "trn1",
        "trn2.48xlarge",
        "inf1",
        "inf2",
        "inf2.xlarge",
        "u-6tb1",
        "hpc7a",
        "c5n.metal",
    ]
)
SHARING = st.fixed_dictionaries(
    {"sharing": st.sampled_from(["none", "time-slicing", "mps", "mig"])},
    optional={
        "slices": st.integers(2, 48),
        "profile": st.sampled_from(["auto", "1g.5gb", "1g.10gb", "1g.18gb", "1g.24gb"]),
    },
)
KEYS = st.one_of(st.text(max_size=12), st.from_regex(r"[a-z.]{1,9}/[A-Za-z_]{1,5}", fullmatch=True))
TEXTS = st.one_of(st.text(max_size=70), st.from_regex(r"[A-Za-z0-9._-]{0,64}", fullmatch=True))
EFFECTS = st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])
LIFETIMES = st.fixed_dictionaries(
    {},
    optional={
        "consolidation": st.sampled_from(["empty", "underutilized"]),
        "consolidate_after_minutes": st.integers(1, 1440),
        "expire_after_hours": st.integers(1, 8760),
        "drain_hours": st.integers(1, 720),
        "maintenance": st.fixed_dictionaries(
            {},
            optional={
                "days": st.lists(st.sampled_from(DAYS), min_size=1, max_size=7),
                "start_hour": st.integers(0, 23),
                "hours": st.integers(1, 23),
                "nodes": st.integers(1, 1000),
            },
        ),
    },
)
POOLS = st.fixed_dictionaries(
    {"instances": st.lists(MACHINES, min_size=1, max_size=3)},
    optional={
        "sizes": st.lists(st.sampled_from(["xlarge", "48xlarge", "metal"]), max_size=2),
        "architecture": st.sampled_from(["amd64", "arm64"]),
        "zones": st.lists(st.sampled_from(["us-west-2a", "us-west-2d", "usw2-az1"]), max_size=2),
        "capacity": st.lists(st.sampled_from(["on-demand", "spot", "reserved"]), max_size=3),
        "max": st.dictionaries(
            st.sampled_from(["cpu", "memory_gib", "gpu", "neuron", "nodes"]), st.integers(1, 10**9)
        ),
        "gpu": SHARING,
        "dedicated": st.booleans(),
        "image_family": st.sampled_from(["al2023", "bottlerocket"]),
        "disk_gib": st.integers(20, 16384),
        "local_disks": st.sampled_from(["auto", "raid0", "ignore"]),
        "local_disks_min_gb": st.integers(1, 10**6),
        "labels": st.dictionaries(KEYS, TEXTS, max_size=2),
        "taints": st.lists(
            st.fixed_dictionaries({"key": KEYS}, optional={"value": TEXTS, "effect": EFFECTS}),
            max_size=2,
        ),
        "lifetime": LIFETIMES,
        "warm": st.fixed_dictionaries({}, optional={"nodes": st.integers(0, 1000)}),
    },
)


@given(st.dictionaries(NAMES, POOLS, min_size=1, max_size=2), st.integers(0, 16))
def test_what_the_rules_accept_karpenter_accepts(pools: dict[str, Any], devices: int) -> None:
    """No pool passes the rules and then cannot be made, or would be refused by the cluster."""
    deployment = deployment_with(
        {name: PoolConfig.model_validate(each) for name, each in pools.items()}, devices=devices
    )
    if all(
        finding.severity != "error"
        for finding in pool_rules(deployment.profiles, deployment.settings)
    ):
        refuse_faulty_nodes(deployment)


def test_the_schemas_are_those_of_the_pinned_karpenter() -> None:
    """The file is what its generator makes of the definitions at the tag."""
    if not CRDS.is_dir():
        pytest.skip(f"Karpenter's definitions are not at {CRDS.relative_to(data_root().parent)}")
    assert read_text("karpenter/schemas.json") == text_of(schemas(CRDS))
