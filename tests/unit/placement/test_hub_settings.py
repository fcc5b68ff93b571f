"""What ``hub_values`` set for every server is part of the proof, or said not to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.bars import bars_of
from jupyterhub_eks.placement.checking import placement_findings
from jupyterhub_eks.placement.proof import prove
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.merging import base_values
from jupyterhub_eks.releases.placeholders import placeholder_objects
from tests.support.hub import deployment
from tests.support.spawned import Hub

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.rules.finding import Finding

POOL = {
    "instances": ["m7i"],
    "sizes": ["xlarge", "2xlarge"],
    "labels": {"team": "physics"},
    "warm": {"servers": 1},
}
SINGLE = ("hub_values", "singleuser")
PASSED = ("hub_values", "hub", "config", "KubeSpawner")


def made(hub_values: dict[str, Any], **profile: Any) -> Deployment:
    """Return a deployment with one pool and one profile."""
    entry = {"name": "P", "pool": "p", "default": True, **profile}
    return deployment(
        {"pools": {"p": POOL}, "profiles": [entry]}, region="us-west-2", hub_values=hub_values
    )


def findings(single: dict[str, Any], **profile: Any) -> list[Finding]:
    """Return what is said of values under ``singleuser``."""
    return list(placement_findings(made({"singleuser": single}, **profile)))


def passed_on(**settings: Any) -> dict[str, Any]:
    """Return settings that the chart passes on as they are."""
    return {"hub": {"config": {"KubeSpawner": settings}}}


def test_a_selector_that_nodes_do_not_meet() -> None:
    """It is refused at its key, and the message names that, not the profile's settings."""
    (found,) = findings({"nodeSelector": {"team": "physics", "gone": "yes"}})

    assert (found.severity, found.path) == ("error", (*SINGLE, "nodeSelector"))
    assert "`gone: yes` of `singleuser.nodeSelector` of `hub_values`" in found.message


def test_whose_selector_it_is() -> None:
    """Of two that are merged the one that is not met is named."""
    (found,) = findings(
        {"nodeSelector": {"team": "physics"}}, kubespawner_override={"node_selector": {"a": "b"}}
    )
    assert found.path == ("profiles", 0, "kubespawner_override", "node_selector")
    (found,) = findings(
        {"nodeSelector": {"a": "b"}},
        kubespawner_override={"node_selector": {"team": "physics"}},
    )
    assert found.path == (*SINGLE, "nodeSelector")


@pytest.mark.parametrize(
    ("single", "override"),
    [
        ({"nodeSelector": {"team": "physics", labels.POOL: "other"}}, {}),
        ({"nodeSelector": {"a": "b"}}, {"node_selector": {"a": None}}),
        ({"extraTolerations": [{"key": "mine", "operator": "Exists"}]}, {}),
        ({"cpu": {"guarantee": 90}}, {"cpu_guarantee": 1}),
        ({"extraPodAntiAffinity": {"required": [{}]}}, {"pod_anti_affinity_required": []}),
        ({"extraNodeAffinity": {"preferred": [{}]}, "extraLabels": {"a": "b"}}, {}),
    ],
)
def test_what_keeps_no_server_off_is_not_talked_about(
    single: dict[str, Any], override: dict[str, Any]
) -> None:
    """The pool's own label, what a profile takes back, and tolerations beside the pool's."""
    assert findings(single, kubespawner_override=override) == []


@pytest.mark.parametrize(
    ("single", "key"),
    [
        ({"memory": {"guarantee": "900G"}}, ("memory", "guarantee")),
        ({"cpu": {"limit": 90}}, ("cpu", "limit")),
        (
            {"extraResource": {"limits": {labels.GPU: "1"}, "guarantees": {labels.GPU: "1"}}},
            ("extraResource", "limits"),
        ),
        ({"extraResource": {"guarantees": {"ephemeral-storage": "2Ti"}}}, None),
    ],
)
def test_amounts_that_no_node_has(single: dict[str, Any], key: tuple[str, ...] | None) -> None:
    """They are refused where they are written."""
    (found,) = findings(single)

    assert found.path == (*SINGLE, *(key or ("extraResource", "guarantees")))
    assert f"ask for less with `{'.'.join(map(str, found.path[1:]))}` of `hub_values`" in found.hint


def test_init_containers_are_part_of_the_proof() -> None:
    """A server starts only where the largest of them does."""
    single = {"initContainers": [{"name": "a", "resources": {"requests": {"cpu": "5"}}}]}
    (verdict,) = prove(made({"singleuser": single}), catalog())

    assert [fit.machine.name for fit in verdict.machines] == ["m7i.2xlarge"]


@pytest.mark.parametrize(
    ("hub_values", "path"),
    [
        (
            {"singleuser": {"extraPodAffinity": {"required": [{}]}}},
            (*SINGLE, "extraPodAffinity", "required"),
        ),
        (
            {"singleuser": {"extraPodAntiAffinity": {"required": [{}]}}},
            (*SINGLE, "extraPodAntiAffinity", "required"),
        ),
        (
            {"singleuser": {"extraPodConfig": {"schedulerName": "mine"}}},
            (*SINGLE, "extraPodConfig", "schedulerName"),
        ),
        (
            {"singleuser": {"extraResource": {"limits": {"vpc.amazonaws.com/efa": "1"}}}},
            (*SINGLE, "extraResource", "limits", "vpc.amazonaws.com/efa"),
        ),
        (
            {"singleuser": {"nodeSelector": {"topology.kubernetes.io/zone": "us-west-2a"}}},
            (*SINGLE, "nodeSelector", "topology.kubernetes.io/zone"),
        ),
        (passed_on(scheduler_name="mine"), (*PASSED, "scheduler_name")),
        (passed_on(node_affinity_required=[{}]), (*PASSED, "node_affinity_required")),
        (
            {
                "singleuser": {"extraNodeAffinity": {"required": [{}]}},
                "scheduling": {"userPods": {"nodeAffinity": {"matchNodePurpose": "prefer"}}},
            },
            (*SINGLE, "extraNodeAffinity", "required"),
        ),
    ],
)
def test_what_cannot_be_judged_is_said_once(hub_values: dict[str, Any], path: tuple[str]) -> None:
    """As a warning at its key, however many profiles there are; a list can be checked."""
    entry = {"pool": "p"}
    profiles = [{**entry, "name": "A", "default": True}, {**entry, "name": "B"}]
    found = placement_findings(
        deployment({"pools": {"p": POOL}, "profiles": profiles}, hub_values=hub_values)
    )

    (only,) = found
    assert (only.severity, only.path) == ("warning", path)
    assert "is no part of the proof" in only.message
    assert "jhub profiles check" in only.hint


def test_an_affinity_that_has_no_effect() -> None:
    """In the pod it is an alternative to the chart's own term, which every node meets."""
    term = {"matchExpressions": [{"key": "gone", "operator": "Exists"}]}
    single = {"extraNodeAffinity": {"required": [term]}}
    hub = Hub(made({"singleuser": single}))
    affinity = hub.pod(hub.choices()[0])["spec"]["affinity"]["nodeAffinity"]
    terms = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert len(terms) == 2

    (found,) = findings(single)
    assert found.path == (*SINGLE, "extraNodeAffinity", "required")
    assert "keeps no server off a node" in found.message
    (own,) = terms[1]["matchExpressions"]
    assert (own["key"], own["values"]) == (labels.NODE_PURPOSE, [labels.USER])


def test_the_chart_is_told_to_add_its_term() -> None:
    """On that rests what is said of an affinity without effect."""
    purpose = base_values("jupyterhub")["scheduling"]["userPods"]["nodeAffinity"]
    assert purpose == {"matchNodePurpose": "require"}


@pytest.mark.parametrize("listed", [[{"display_name": "Mine"}], [], None])
def test_another_list_of_profiles(listed: Any) -> None:
    """Ours are offered to nobody; the list can be checked by itself."""
    (found,) = findings({"profileList": listed})

    assert (found.severity, found.path) == ("warning", (*SINGLE, "profileList"))
    assert "takes the place of all profiles" in found.message
    assert "`jhub profiles import`" in found.hint
    assert "`jhub profiles check`" in found.hint


def test_a_list_that_is_passed_on() -> None:
    """As it stands above that of the chart."""
    (found,) = placement_findings(made(passed_on(profile_list=[])))
    assert found.path == (*PASSED, "profile_list")


def test_homes_in_a_zone() -> None:
    """Whoever has a home on EBS may find no machine in its zone."""
    (found,) = findings({"storage": {"type": "dynamic"}})
    assert (found.severity, found.path) == ("warning", (*SINGLE, "storage", "type"))


def test_code_that_sets_what_is_proved() -> None:
    """It is named by its entry and by what it sets; other code is not."""
    code = {
        "a": "c.KubeSpawner.mem_guarantee = '64G'\nc.KubeSpawner.modify_pod_hook = f\n",
        "b": "c.KubeSpawner.environment = {}\n",
    }
    (found,) = placement_findings(made({"hub": {"extraConfig": code}}))

    assert found.path == ("hub_values", "hub", "extraConfig", "a")
    assert "`mem_guarantee`, `modify_pod_hook`" in found.message


_LABELS = st.dictionaries(
    st.sampled_from(["team", "a", labels.POOL]), st.sampled_from(["physics", "x"]), max_size=3
)
_OWN = st.dictionaries(st.sampled_from(["team", "a"]), st.sampled_from(["x", "y", None]))


@settings(max_examples=40, deadline=None)
@given(single=_LABELS, passed=st.none() | _LABELS, own=_OWN)
def test_servers_and_room_select_what_is_proved(
    single: dict[str, str], passed: dict[str, str] | None, own: dict[str, str | None]
) -> None:
    """As the real KubeSpawner merges what the chart and the profile say."""
    values = passed_on(**({} if passed is None else {"node_selector": passed}))
    found = made(
        {**values, "singleuser": {"nodeSelector": single}},
        kubespawner_override={"node_selector": own},
    )
    hub = Hub(found)
    selected = hub.pod(hub.choices()[0])["spec"]["nodeSelector"]
    (verdict,) = prove(found, catalog())
    pool = found.profiles.pools["p"]
    bars = bars_of(verdict.variant.profile, verdict.every, pool, "us-west-2")
    _, holders = placeholder_objects(found.profiles, found.settings.hub_values)

    assert {labels.POOL: "p", **bars.settings.get("node_selector", {})} == selected
    assert verdict.starts == (selected.get("team", "physics") == "physics" and "a" not in selected)
    assert holders["spec"]["template"]["spec"]["nodeSelector"] == {
        **selected,
        labels.NODE_PURPOSE: labels.USER,
    }
