"""Karpenter's objects against the schemas of its definitions."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.releases.checking import faults, node_findings, refuse_faulty_nodes
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.resources import data_root, read_text
from tests.support.crd_schemas import schemas, text_of
from tests.support.pools import DATA, EVERY_KIND, deployment_with, mig, pool, slicing

CRDS = DATA / "karpenter-crds-1.14.1"
SHAPES = {
    **EVERY_KIND,
    "spot": pool("m7g", "m8g", capacity="spot"),
    "reserved": pool("p5.48xlarge", capacity="reserved"),
    "many": mig("1g.10gb", "p5", "p4de", max={"gpu": 8, "cpu": 1, "memory_gib": 1}),
    "part": pool("g6f", disk_gib=16384),
    "a" * 40: slicing(48, "gr6", disk_gib=20),
}


def manifests(**settings: Any) -> list[dict[str, Any]]:
    deployment = deployment_with(SHAPES, **settings)
    place = NodePlace(instance_profile="${TfToken[TOKEN.1]}")
    return node_objects(deployment.profiles, deployment.settings, place)


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
    assert {each["metadata"]["name"]: faults(each) for each in made if faults(each)} == {}


def test_names_are_names_of_kubernetes_objects() -> None:
    """Also of the longest pool: up to 63 lower-case letters, digits and hyphens."""
    for each in manifests():
        name = each["metadata"]["name"]
        assert len(name) <= 63
        assert name.replace("-", "a").isalnum()
        assert name == name.lower()


def test_a_wrong_value_is_told_with_its_place() -> None:
    """The path leads to the value, and the message repeats it."""
    wrong = one("NodePool")
    wrong["spec"]["disruption"]["consolidateAfter"] = "soon"
    (fault,) = faults(wrong)
    assert fault.startswith("spec.disruption.consolidateAfter: 'soon' does not match")


def test_a_field_that_kubernetes_would_drop_is_a_fault() -> None:
    """A misplaced or misspelt field would be ignored by the cluster in silence."""
    wrong = one("NodePool")
    wrong["spec"]["disruption"]["expireAfter"] = "720h"
    (fault,) = faults(wrong)
    assert "expireAfter" in fault


def test_an_old_version_of_the_api_is_a_fault() -> None:
    """`v1beta1` is gone."""
    wrong = {**one("EC2NodeClass"), "apiVersion": "karpenter.k8s.aws/v1beta1"}
    assert faults(wrong) == ["apiVersion: karpenter.k8s.aws/v1beta1 is not karpenter.k8s.aws/v1"]


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


def test_the_schemas_are_those_of_the_pinned_karpenter() -> None:
    """The file is what its generator makes of the definitions at the tag."""
    if not CRDS.is_dir():
        pytest.skip(f"Karpenter's definitions are not at {CRDS.relative_to(data_root().parent)}")
    assert read_text("karpenter/schemas.json") == text_of(schemas(CRDS))
