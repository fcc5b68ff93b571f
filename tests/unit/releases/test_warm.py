"""What is kept ready: nodes that always run, and room that placeholders hold."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import needs_static_nodes, node_objects, node_pools
from jupyterhub_eks.releases.placeholders import PRIORITY_CLASS
from jupyterhub_eks.releases.render import all_releases
from tests.support.pools import EVERY_KIND, deployment_with, mig, pool, slicing

CPU = {"instances": ["m7i"], "sizes": ["xlarge", "2xlarge"]}


def made(pools: dict[str, Any], *profiles: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all objects of pools with given profiles."""
    found = ProfilesFile.model_validate({"pools": pools, "profiles": profiles})
    return node_objects(found, DeploymentFile(), NodePlace(instance_profile="p"))


def sets(*arguments: Any) -> list[dict[str, Any]]:
    return [each for each in made(*arguments) if each["kind"] == "StatefulSet"]


def pod(*arguments: Any) -> dict[str, Any]:
    (only,) = sets(*arguments)
    found: dict[str, Any] = only["spec"]["template"]["spec"]
    return found


def gates(deployment: Deployment) -> dict[str, Any]:
    (karpenter,) = [each for each in all_releases(deployment) if each.name == "karpenter"]
    found: dict[str, Any] = karpenter.values["settings"]["featureGates"]
    return found


def test_nodes_that_always_run_are_a_pool_that_profiles_select() -> None:
    """Labels, taints, class and machines of the pool, so that servers go to either."""
    usual, warm = node_pools("gpu", slicing(4, "g6", warm={"nodes": 2}, max={"gpu": 4}), 1)
    assert warm["metadata"]["name"] == "gpu-warm"
    assert warm["spec"]["replicas"] == 2
    assert warm["spec"]["template"]["metadata"] == usual["spec"]["template"]["metadata"]
    for key in ("taints", "requirements", "nodeClassRef", "startupTaints"):
        assert warm["spec"]["template"]["spec"][key] == usual["spec"]["template"]["spec"][key]
    assert "limits" not in warm["spec"]
    assert "replicas" not in usual["spec"]


@pytest.mark.parametrize("each", [slicing(4, "g6"), mig("auto", "g7e", "p5")])
def test_shared_gpus_of_such_nodes_are_counted_too(each: Any) -> None:
    """Every overlay of the pool speaks of both, else one user would take a node."""
    warm = each.model_copy(update={"warm": each.warm.model_copy(update={"nodes": 1})})
    found = made({"gpu": warm}, {"name": "A", "pool": "gpu", "gpu": 1})
    overlays = [one for one in found if one["kind"] == "NodeOverlay"]
    assert overlays
    for overlay in overlays:
        assert overlay["spec"]["requirements"][0]["values"] == ["gpu", "gpu-warm"]


def test_the_alpha_feature_is_on_only_where_it_is_needed() -> None:
    """Nodes that always run need it, placeholders do not."""
    assert gates(deployment_with({"cpu": pool("m7i", warm={"nodes": 1})}))["staticCapacity"] is True
    assert "staticCapacity" not in gates(deployment_with({"cpu": pool("m7i", warm={"servers": 1})}))
    assert not needs_static_nodes(EVERY_KIND)


def test_placeholders_ask_for_what_the_largest_profile_does() -> None:
    """Of one profile, as a mixture of several might fit no machine."""
    found = pod(
        {"cpu": {**CPU, "warm": {"servers": 3}}, "gpu": {"instances": ["g6.xlarge"]}},
        {
            "name": "Small",
            "pool": "cpu",
            "cpu": {"guarantee": 3, "limit": 4},
            "memory": {"guarantee": "2G", "limit": "4G"},
        },
        {"name": "Large", "pool": "cpu", "memory": {"guarantee": "8G", "limit": "9G"}},
        {"name": "GPU", "pool": "gpu", "gpu": 1},
    )
    assert found["containers"][0]["resources"] == {"requests": {"memory": "8000000000"}}


def test_placeholders_hold_devices() -> None:
    """As limits, which Kubernetes wants of extended resources; memory is the chart's own."""
    found = pod(
        {"gpu": {"instances": ["g6.xlarge"], "warm": {"servers": 1}}},
        {"name": "GPU", "pool": "gpu", "gpu": 1, "cpu": {"guarantee": 0.5, "limit": 1}},
    )
    assert found["containers"][0]["resources"] == {
        "requests": {"cpu": "500m", "memory": "1073741824", "nvidia.com/gpu": "1"},
        "limits": {"nvidia.com/gpu": "1"},
    }


def test_placeholders_go_where_servers_of_the_pool_go() -> None:
    """By the same selector, past all taints of the pool."""
    each = {**CPU, "warm": {"servers": 1}, "taints": [{"key": "team", "value": "x"}]}
    found = pod({"cpu": each}, {"name": "A", "pool": "cpu"})
    assert found["nodeSelector"] == {labels.POOL: "cpu", labels.NODE_PURPOSE: labels.USER}
    assert {taint["key"] for taint in found["tolerations"]} == {"hub.jupyter.org/dedicated", "team"}


def test_users_come_first() -> None:
    """Below the priority of users' pods, which is 0; and a placeholder pushes nobody out."""
    found = made({"cpu": {**CPU, "warm": {"servers": 1}}}, {"name": "A", "pool": "cpu"})
    (priority,) = [each for each in found if each["kind"] == "PriorityClass"]
    assert priority["metadata"]["name"] == PRIORITY_CLASS
    assert priority["value"] < 0
    assert priority["preemptionPolicy"] == "Never"
    assert priority["globalDefault"] is False


def test_a_placeholder_of_a_dedicated_pool_has_a_machine_to_itself() -> None:
    """Neither a server nor another placeholder is beside it."""
    alone = pod(
        {"cpu": {**CPU, "dedicated": True, "warm": {"servers": 2}}}, {"name": "A", "pool": "cpu"}
    )
    shared = pod({"cpu": {**CPU, "warm": {"servers": 2}}}, {"name": "A", "pool": "cpu"})
    terms = alone["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (selector,) = terms[0]["labelSelector"]["matchExpressions"]
    assert len(terms) == 1
    (own,) = sets(
        {"cpu": {**CPU, "dedicated": True, "warm": {"servers": 2}}}, {"name": "A", "pool": "cpu"}
    )
    assert own["spec"]["template"]["metadata"]["labels"][selector["key"]] in selector["values"]
    assert "affinity" not in shared


def test_a_changed_profile_makes_another_set() -> None:
    """Such a set does not replace its pods; only the number of them changes in place."""

    def name(servers: int, memory: str) -> str:
        (only,) = sets(
            {"cpu": {**CPU, "warm": {"servers": servers}}},
            {"name": "A", "pool": "cpu", "memory": {"guarantee": memory, "limit": "9G"}},
        )
        assert only["spec"]["replicas"] == servers
        found: str = only["metadata"]["name"]
        return found

    assert name(1, "8G") == name(5, "8G") != name(1, "4G")


def test_names_leave_room_for_what_kubernetes_puts_behind_them() -> None:
    """A set's name and the hash of a revision are one label of at most 63 characters."""
    (only,) = sets({"a" * 40: {**CPU, "warm": {"servers": 1}}}, {"name": "A", "pool": "a" * 40})
    assert len(only["metadata"]["name"]) + 1 + 10 <= 63


def test_nothing_is_held_where_nothing_is_asked_for() -> None:
    """Neither a priority class nor a set without `servers`, nor without a profile."""
    kinds = {each["kind"] for each in made({"cpu": CPU}, {"name": "A", "pool": "cpu"})}
    assert kinds == {"NodePool", "EC2NodeClass"}
    assert (
        sets({"cpu": CPU, "b": {**CPU, "warm": {"servers": 1}}}, {"name": "A", "pool": "cpu"}) == []
    )
