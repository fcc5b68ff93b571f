"""Containers that ask for too much are named at their place, with what to write there."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.config.rules import check
from jupyterhub_eks.placement.checking import placement_findings

OVERRIDE = ("profiles", 0, "kubespawner_override")
SINGLE = ("hub_values", "singleuser")
HEAVY = [{"name": "x", "image": "busybox:1", "resources": {"requests": {"cpu": 60}}}]
TOOLS = {
    "cloudMetadata": {"blockWithIptables": True},
    "networkTools": {"resources": {"requests": {"cpu": 50}}},
}


def deployment(
    own: dict[str, Any], values: dict[str, Any], instances: tuple[str, ...] = ("m7i.xlarge",)
) -> Deployment:
    """Return one profile of one core and 4 GB."""
    profile = {
        "name": "P", "pool": "p", "default": True, "cpu": 1, "memory": "4G",
        "kubespawner_override": own,
    }  # fmt: skip
    file = ProfilesFile.model_validate(
        {"pools": {"p": {"instances": instances}}, "profiles": [profile]}
    )
    settings = DeploymentFile(region="us-west-2", hub_values=values)
    return Deployment(settings=settings, profiles=file)


@pytest.mark.parametrize(
    ("own", "values", "path", "name"),
    [
        ({}, {"initContainers": HEAVY}, (*SINGLE, "initContainers", 0), "x"),
        ({"init_containers": HEAVY}, {}, (*OVERRIDE, "init_containers", 0), "x"),
        ({"extra_containers": {"a": HEAVY[0]}}, {}, (*OVERRIDE, "extra_containers", "a"), "x"),
        ({}, TOOLS, (*SINGLE, "networkTools"), "block-cloud-metadata"),
    ],
)
def test_the_container_is_named(
    own: dict[str, Any], values: dict[str, Any], path: tuple[str | int, ...], name: str
) -> None:
    """The error stands at the container's amount, and its remedy lowers that."""
    found = placement_findings(deployment(own, {"singleuser": values}))
    (error,) = [each for each in found if each.severity == "error"]

    assert error.path == (*path, "resources", "requests", "cpu")
    assert f"(container `{name}`)" in error.message
    assert f"lower `cpu` of the container `{name}` to " in error.hint


def test_the_charts_container_counts_only_where_it_is_on() -> None:
    """Resources of the network tools alone ask for nothing."""
    values = {"singleuser": {"networkTools": TOOLS["networkTools"]}}

    assert not [e for e in placement_findings(deployment({}, values)) if e.severity == "error"]


@pytest.mark.parametrize("name", ["priority_class_name", "service_account"])
def test_what_may_not_exist_is_no_part_of_the_proof(name: str) -> None:
    """A name of an object is a warning where nobody knows whether the cluster has it."""
    found = list(placement_findings(deployment({name: "foo"}, {})))

    assert [each.path for each in found if each.severity == "warning"] == [(*OVERRIDE, name)]


@pytest.mark.parametrize("instance", ["mac2.metal", "mac-m4.metal", "mac1"])
def test_a_mac_is_never_started(instance: str) -> None:
    """EC2 starts Macs on dedicated hosts only."""
    errors = [e for e in check(deployment({}, {}, (instance,))) if e.severity == "error"]

    assert ("pools", "p", "instances", 0) in [each.path for each in errors]


def test_an_image_of_the_override_needs_a_tag() -> None:
    """It is held to the same rule as one under `images`."""
    (error,) = [e for e in check(deployment({"image": "foo"}, {})) if e.severity == "error"]

    assert error.path == (*OVERRIDE, "image")
    assert "no tag" in error.message


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("karpenter.k8s.aws/instance-family", "`instances` and `sizes` of the pool"),
        ("karpenter.sh/nodepool", "`pool` of the profile"),
        ("karpenter.sh/capacity-type", "`capacity` of the pool"),
        ("karpenter.sh/other", "nodes cannot have it"),
        ("team", "give it to the pool with `labels`"),
    ],
)
def test_what_to_do_about_a_label_can_be_done(label: str, said: str) -> None:
    """Labels that are no pool's own are chosen by the key that decides on them."""
    found = placement_findings(deployment({"node_selector": {label: "other"}}, {}))
    (error,) = [each for each in found if each.severity == "error"]

    assert said in error.hint
