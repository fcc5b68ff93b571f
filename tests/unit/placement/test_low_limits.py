"""Limits below guarantees, which Kubernetes refuses, are errors where they are written."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.placement.checking import placement_findings

OVERRIDE = ("profiles", 0, "kubespawner_override")
SINGLE = ("hub_values", "singleuser")


def places(profile: dict[str, Any], values: dict[str, Any]) -> list[tuple[str | int, ...]]:
    """Return where errors stand."""
    every = {"name": "P", "pool": "p", "default": True, **profile}
    file = ProfilesFile.model_validate(
        {"pools": {"p": {"instances": ["m7i.2xlarge"]}}, "profiles": [every]}
    )
    settings = DeploymentFile(region="us-west-2", hub_values=values)
    deployment = Deployment(settings=settings, profiles=file)
    return [e.path for e in placement_findings(deployment) if e.severity == "error"]


@pytest.mark.parametrize(
    ("own", "values", "path"),
    [
        ({"cpu_limit": 0.5}, {}, (*OVERRIDE, "cpu_limit")),
        ({"mem_limit": "1G"}, {}, (*OVERRIDE, "mem_limit")),
        ({"mem_guarantee": "20G"}, {}, (*OVERRIDE, "mem_guarantee")),
        (
            {
                "extra_resource_guarantees": {"ephemeral-storage": "2Gi"},
                "extra_resource_limits": {"ephemeral-storage": "1Gi"},
            },
            {},
            (*OVERRIDE, "extra_resource_limits", "ephemeral-storage"),
        ),
        (
            {},
            {"singleuser": {"cpu": {"guarantee": 1, "limit": 0.5}}},
            (*SINGLE, "cpu", "limit"),
        ),
    ],
)
def test_a_limit_below_its_guarantee(
    own: dict[str, Any], values: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    """The error stands at what is written beside the profile's own amounts."""
    profile = {
        "cpu": {"guarantee": 1, "limit": 2},
        "memory": {"guarantee": "4G", "limit": "8G"},
        "kubespawner_override": own,
    }

    assert places(profile, values) == [path]


def test_the_charts_own_guarantee_counts() -> None:
    """A limit below the 1 GiB that the chart gives is an error where no profile says more."""
    values = {"singleuser": {"memory": {"limit": "512M"}}}

    assert places({"cpu": 1}, values) == [(*SINGLE, "memory", "limit")]
    assert places({"cpu": 1, "memory": "2G"}, values) == []


def test_no_limit_is_none() -> None:
    """Null and 0 take a limit away, and an equal one is no less."""
    own = {"cpu_limit": None, "mem_limit": 0}

    assert places({"cpu": 1, "memory": "2G", "kubespawner_override": own}, {}) == []
    assert places({"cpu": 1, "kubespawner_override": {"cpu_limit": 1}}, {}) == []
