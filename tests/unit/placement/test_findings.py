"""What an administrator reads about a profile that could never start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.placement.checking import placement_findings

if TYPE_CHECKING:
    from jupyterhub_eks.config.rules.finding import Finding


def findings(pool: dict[str, Any], *, region: str = "us-west-2", **profile: Any) -> list[Finding]:
    """Check one profile in one pool."""
    profiles = ProfilesFile.model_validate(
        {
            "pools": {"p": pool},
            "profiles": [{"name": "P", "pool": "p", "default": True, **profile}],
        }
    )
    deployment = Deployment(settings=DeploymentFile(region=region), profiles=profiles)
    return list(placement_findings(deployment))


@pytest.mark.parametrize(
    ("pool", "profile", "message", "hint"),
    [
        (
            {"instances": ["g6.xlarge"]},
            {"gpu": 1, "memory": {"guarantee": "16G", "limit": "16G"}},
            "a server needs 16G (15.0 GiB) of memory, and g6.xlarge leaves 14.6G (13.6 GiB)",
            "write `memory.guarantee: 14.6G` or less, or add `g6.2xlarge` or `g6.4xlarge`",
        ),
        (
            {"instances": ["m7i"], "sizes": ["large", "xlarge"]},
            {"cpu": {"guarantee": 4, "limit": 4}},
            "a server needs 4 cores, and m7i.xlarge leaves 3.73",
            "write `cpu.guarantee: 3.7` or less, or add `m7i.2xlarge`",
        ),
        (
            {"instances": ["g6.xlarge"]},
            {"gpu": 2},
            "a server needs 2 GPUs, and g6.xlarge leaves 1",
            "write `gpu: 1` or less, or add `g6.12xlarge`",
        ),
        (
            {"instances": ["m7i.4xlarge"], "max": {"cpu": 8}},
            {},
            "m7i.4xlarge has 16 cores, and the whole pool may have 8",
            "write `max: {cpu: 16}` or more",
        ),
    ],
    ids=["memory", "cores", "GPUs", "upper limit"],
)
def test_the_number_that_is_missing_and_what_to_write(
    pool: dict[str, Any], profile: dict[str, Any], message: str, hint: str
) -> None:
    """Each with its machine, and machines that would do."""
    (found,) = findings(pool, **profile)

    assert message in found.message
    assert hint in found.hint
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("profile", "memory"),
    [
        (
            {"cpu": 7, "memory": "70G"},
            "r7i.2xlarge leaves 62.3G (58.0 GiB) of the 70G (65.2 GiB) of memory needed",
        ),
        (
            {"cpu": 7, "memory": "70Gi"},
            "r7i.2xlarge leaves 58.0 of the 70.0 GiB of memory needed",
        ),
    ],
)
def test_each_of_several_machines_has_its_own_shortage(
    profile: dict[str, Any], memory: str
) -> None:
    """What is short on one of them does not read as if it were short on both."""
    (found,) = findings({"instances": ["m7i.xlarge", "r7i.2xlarge"]}, **profile)
    assert found.message.endswith(f"`p`: m7i.xlarge leaves 3.73 of the 7 cores needed; {memory}")


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        ({"memory": {"guarantee": "900G", "limit": "900G"}}, ("memory", "guarantee")),
        ({"cpu": {"guarantee": 90, "limit": 90}}, ("cpu", "guarantee")),
        ({}, ("name",)),
    ],
    ids=["memory", "cores", "upper limit"],
)
def test_it_points_at_what_is_too_large(profile: dict[str, Any], key: tuple[str, ...]) -> None:
    """The amount if it is that, else the profile as a whole."""
    pool = {"instances": ["m7i.xlarge"], "max": {} if profile else {"cpu": 2}}

    (found,) = findings(pool, **profile)

    assert found.path == ("profiles", 0, *key)


def test_no_machine_is_proposed_that_the_pool_has_or_may_not_have() -> None:
    """With an upper limit of four GPUs neither the eight of the pool nor others of eight."""
    (found,) = findings({"instances": ["p4d.24xlarge"], "max": {"gpu": 4}}, gpu=1)

    assert "p4d.24xlarge`" not in found.hint
    assert "write `max: {gpu: 8}` or more" in found.hint
    assert "p5.48xlarge" not in found.hint


def test_a_region_that_offers_none_of_them() -> None:
    """What it does offer of the kind is named."""
    (found,) = findings({"instances": ["g6e"]}, region="eu-west-1", gpu=1)

    assert (
        "eu-west-1 does not offer g6e.xlarge, g6e.2xlarge, g6e.4xlarge and 2 more" in found.message
    )
    assert found.hint.startswith("add `g")


def test_a_region_that_offers_some_of_them() -> None:
    """The pool works; that one of its families is never used is a warning."""
    (found,) = findings({"instances": ["g6", "g5"], "sizes": ["xlarge"]}, region="eu-west-1", gpu=1)

    assert (found.path, found.severity) == (("pools", "p", "instances", 0), "warning")
    assert "does not offer `g6`" in found.message


def test_what_starts_is_not_talked_about() -> None:
    """Neither the default nor a machine that nobody knows."""
    assert findings({"instances": ["m7i.xlarge"]}) == []
    assert findings({"instances": ["m99x.xlarge"]}) == []


def test_machines_that_do_partition_alike_are_proposed() -> None:
    """For a partition of a GPU no machine is proposed that cannot have it."""
    mig = {"sharing": "mig", "profile": "1g.24gb"}
    memory = {"guarantee": "100G", "limit": "100G"}

    (found,) = findings({"instances": ["g7e.2xlarge"], "gpu": mig}, gpu=1, memory=memory)

    assert "add `g7e.4xlarge`" in found.hint


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        ({"options": {"A": {"memory": "900G"}, "B": {}}}, ("options", "A", "memory", "guarantee")),
        ({"memory": "900G", "options": {"A": {"memory": "1G"}, "B": {}}}, ("memory", "guarantee")),
        ({"options": {"A": {}, "B": {"cpu": 90}}}, ("options", "B", "cpu", "guarantee")),
    ],
    ids=["its own amount", "an amount of the profile", "another size"],
)
def test_only_the_size_that_cannot_start_is_refused(
    profile: dict[str, Any], key: tuple[str, ...]
) -> None:
    """By its title, and where the amount is written that is too large."""
    (found,) = findings({"instances": ["m7i.xlarge"]}, **profile)

    assert found.path == ("profiles", 0, *key)
    title = "P, A" if "A" in key else "P, B"
    assert found.message.startswith(f"`{title}` can start on no machine")


def test_three_gpus_on_machines_of_one() -> None:
    """In every size that asks for them; what has more is named."""
    options = {"One": {"gpu": 1}, "Three": {"gpu": 3}}

    (found,) = findings({"instances": ["g6.xlarge"]}, options=options)

    assert found.path == ("profiles", 0, "options", "Three", "gpu")
    assert "a server needs 3 GPUs, and g6.xlarge leaves 1" in found.message
    assert "g6.12xlarge" in found.hint


POOL = {
    "instances": ["m7i.xlarge"],
    "labels": {"example.org/team": "physics"},
    "taints": [{"key": "example.org/only", "value": "us"}],
    "capacity": ["spot", "on-demand"],
}
OURS = {"key": "hub.jupyter.org/dedicated", "operator": "Exists"}


@pytest.mark.parametrize(
    "override",
    [
        {"node_selector": {"example.org/team": "physics"}},
        {"node_selector": {"node.kubernetes.io/instance-type": "m7i.xlarge"}},
        {"node_selector": {"kubernetes.io/arch": "amd64", "karpenter.sh/capacity-type": "spot"}},
        {"node_selector": {"topology.kubernetes.io/region": "us-west-2"}},
        {"tolerations": [{"operator": "Exists"}]},
        {"tolerations": [OURS, {"key": "example.org/only", "value": "us"}]},
        {"tolerations": [OURS, {"key": "example.org/only", "operator": "Exists"}]},
    ],
)
def test_what_nodes_of_the_pool_meet(override: dict[str, Any]) -> None:
    """Labels of the pool, of its machines and of Karpenter; every taint tolerated."""
    assert findings(POOL, kubespawner_override=override) == []


@pytest.mark.parametrize(
    ("override", "message", "key"),
    [
        (
            {"node_selector": {"example.org/team": "chemistry"}},
            "none of its nodes has the label `example.org/team: chemistry`",
            "node_selector",
        ),
        (
            {"node_selector": {"provisioner": "cluster-autoscaler"}},
            "none of its nodes has the label `provisioner: cluster-autoscaler`",
            "node_selector",
        ),
        (
            {"node_selector": {"node.kubernetes.io/instance-type": "m7i.large"}},
            "none of its nodes has the label `node.kubernetes.io/instance-type: m7i.large`",
            "node_selector",
        ),
        (
            {"node_selector": {"karpenter.sh/capacity-type": "reserved"}},
            "`karpenter.sh/capacity-type: reserved`",
            "node_selector",
        ),
        (
            {"tolerations": []},
            "have the taint `hub.jupyter.org/dedicated=user:NoSchedule`",
            "tolerations",
        ),
        (
            {"tolerations": [OURS, {"key": "example.org/only", "value": "them"}]},
            "have the taint `example.org/only=us:NoSchedule`",
            "tolerations",
        ),
        (
            {
                "tolerations": [
                    OURS,
                    {"key": "example.org/only", "value": "us", "effect": "NoExecute"},
                ]
            },
            "have the taint `example.org/only=us:NoSchedule`",
            "tolerations",
        ),
        ({"mem_guarantee": 2**40}, "a server needs 1024.0 GiB of memory", "mem_guarantee"),
        ({"cpu_guarantee": 90}, "a server needs 90 cores", "cpu_guarantee"),
    ],
)
def test_d14_d16_what_no_node_of_the_pool_meets(
    override: dict[str, Any], message: str, key: str
) -> None:
    """It is refused where it is written, with the reason; a larger machine is no remedy."""
    found = findings(POOL, kubespawner_override=override)

    assert [each.severity for each in found] == ["error"]
    assert found[0].path == ("profiles", 0, "kubespawner_override", key)
    assert message in found[0].message
    assert ("add `" in found[0].hint) is (key in {"mem_guarantee", "cpu_guarantee"})


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ({"node_selector": {"topology.kubernetes.io/zone": "us-west-2a"}}, "node_selector"),
        ({"node_selector": {"karpenter.k8s.aws/instance-tenancy": "default"}}, "node_selector"),
        ({"node_affinity_required": [{"matchExpressions": []}]}, "node_affinity_required"),
        ({"extra_pod_config": {"runtimeClassName": "kata"}}, "extra_pod_config"),
        ({"extra_container_config": {"resources": {}}}, "extra_container_config"),
        (
            {
                "extra_resource_limits": {"vpc.amazonaws.com/efa": "1"},
                "extra_resource_guarantees": {},
            },
            "extra_resource_limits",
        ),
        ({"scheduler_name": "mine"}, "scheduler_name"),
    ],
)
def test_what_cannot_be_judged_is_said(override: dict[str, Any], key: str) -> None:
    """As a warning, once, at its key; the rest of the proof stands."""
    sizes = {"A": {}, "B": {"cpu": 1}}
    (found,) = findings(POOL, kubespawner_override=override, options=sizes)

    assert (found.severity, found.path[3]) == ("warning", key)
    assert "is no part of the proof" in found.message


def test_settings_that_change_no_place_are_not_talked_about() -> None:
    """A label, a page, a variable."""
    override = {
        "extra_labels": {"a": "b"},
        "default_url": "/tree",
        "extra_pod_config": {"terminationGracePeriodSeconds": 60},
    }
    assert findings(POOL, kubespawner_override=override) == []
