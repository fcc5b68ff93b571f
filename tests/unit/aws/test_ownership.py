"""Whose resources are whose."""

from __future__ import annotations

import pytest

from jupyterhub_eks.aws.ownership import AnyDeployment, DeploymentOwner, made_by_cluster, tag_map
from jupyterhub_eks.naming import LIMITS, resource_name

OWNER = DeploymentOwner("a")


@pytest.mark.parametrize(
    ("tags", "owned"),
    [
        ({"jhub.deployment": "a"}, True),
        ({"jhub.deployment": "a-b"}, False),
        ({"jhub.deployment": ""}, False),
        ({"Name": "a-vpc"}, False),
    ],
)
def test_tag_is_compared_as_a_whole(tags: dict[str, str], *, owned: bool) -> None:
    """Deployment ``a`` owns nothing of ``a-b``, and no name makes up for the tag."""
    assert OWNER.owns(tags) is owned


@pytest.mark.parametrize(
    ("tags", "made"),
    [
        ({"kubernetes.io/cluster/a": "owned"}, True),
        ({"kubernetes.io/cluster/a": "shared"}, False),
        ({"kubernetes.io/cluster/a-b": "owned"}, False),
        ({"eks:cluster-name": "a"}, True),
        ({"eks:eks-cluster-name": "a"}, True),
        ({"aws:eks:cluster-name": "a-b"}, False),
    ],
)
def test_what_a_cluster_makes(tags: dict[str, str], *, made: bool) -> None:
    """Nodes and groups of the cluster count; what it only shares does not."""
    assert made_by_cluster(OWNER, tags) is made


def test_any_deployment() -> None:
    """Counting takes whatever carries the tag."""
    assert AnyDeployment().owns({"jhub.deployment": "x"})
    assert not AnyDeployment().owns({"Name": "x"})
    assert not made_by_cluster(AnyDeployment(), {"kubernetes.io/cluster/x": "owned"})


@pytest.mark.parametrize("kind", sorted(LIMITS))
def test_shortened_names_keep_the_prefix(kind: str) -> None:
    """However long the deployment's name is, its resources are asked for their tags."""
    name = "x" * 50 + "-" + "y" * 49

    for suffix in ("", "karpenter", "karpenter-interruptions"):
        assert resource_name(name, suffix, kind).startswith(DeploymentOwner(name).prefix)


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "k", "Value": "v"}],
        [{"TagKey": "k", "TagValue": "v"}],
        [{"key": "k", "value": "v"}],
    ],
)
def test_spellings_of_tags(tags: list[dict[str, str]]) -> None:
    """Services spell their tags in three ways."""
    assert tag_map(tags) == {"k": "v"}


def test_no_tags() -> None:
    """A resource without tags may lack the list altogether."""
    assert tag_map(None) == {}
