"""Servers that look right and never start: other containers, limits of pools, settings of pods."""

from __future__ import annotations

import pytest

from tests.support.foreign import errors, one, report, warnings
from tests.unit.foreign.test_placing import pool, takes, users, verdict

M5 = pool("m5", takes("m5.xlarge"))  # 4 cores, of which 3.92 are free


@pytest.mark.parametrize("setting", ["extra_containers", "init_containers"])
@pytest.mark.parametrize("part", ["requests", "limits"])
def test_other_containers_need_room(setting: str, part: str) -> None:
    """One of 30 cores has none on a machine of four."""
    container = f"{{name: a, image: b, resources: {{{part}: {{cpu: 30}}}}}}"
    found = one(f"{{cpu_guarantee: 1, {setting}: [{container}]}}", M5)
    status, (reason,) = verdict(found)
    assert status == "never"
    assert "m5.xlarge leaves" in reason


def test_containers_of_the_chart_count() -> None:
    """Those of all servers, in the words of the chart."""
    values = (
        "singleuser:\n  extraContainers: [{name: a, resources: {requests: {cpu: 30}}}]\n"
        "  profileList: [{display_name: P}]\n"
    )
    assert verdict(report(values, M5))[0] == "never"


def test_init_containers_run_one_after_the_other() -> None:
    """The largest counts, not their sum; one that stays is added to what comes after it."""
    one_of_three = "{name: a, image: b, resources: {requests: {cpu: 3}}"
    each = "cpu_guarantee: 1"
    passing = one(f"{{{each}, init_containers: [{one_of_three}}}, {one_of_three}}}]}}", M5)
    assert users(passing) == {"m5.xlarge": 1}
    staying = one(f"{{{each}, init_containers: [{one_of_three}, restartPolicy: Always}}]}}", M5)
    assert verdict(staying)[0] == "never"


@pytest.mark.parametrize("limits", ['{cpu: "0"}', "{cpu: 3500m}", "{memory: 8Gi}", "{nodes: 0}"])
def test_a_pool_whose_limit_no_machine_keeps(limits: str) -> None:
    """Karpenter never starts one, as in the proof for pools of ours."""
    found = one("{cpu_guarantee: 1}", M5 + f"  limits: {limits}\n")
    status, (reason,) = verdict(found)
    assert status == "never"
    assert "its limit" in reason
    assert "raise `limits." in found.shapes[0].verdict.hint


def test_machines_above_a_limit_are_not_offered() -> None:
    """The smaller one is started, the larger one never."""
    both = pool("m5", takes("m5.xlarge", "m5.2xlarge")) + "  limits: {cpu: 4}\n"
    assert users(one("{cpu_guarantee: 1}", both)) == {"m5.xlarge": 3}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("{node_selector: gpu}", "`node_selector` is no mapping of labels"),
        ("{extra_containers: helper}", "`extra_containers` is no list of containers"),
        ("{init_containers: [helper]}", "an entry of `init_containers` is no container"),
        ("{image: null}", "`image: null` is no reference"),
        ("{image: 'Not An Image'}", "`image: Not An Image` is no reference"),
    ],
)
def test_settings_that_are_refused(override: str, message: str) -> None:
    """Each is an error, and the server is one that never starts."""
    found = one(override, M5)
    assert any(message in each for each in errors(found))
    assert found.profiles[0].outcome == "never"


def test_an_image_that_is_a_choice_is_checked() -> None:
    """Choices of images make no servers of their own, and are not passed over."""
    found = report(
        "[{display_name: P, profile_options: {image: {choices: {a: {display_name: A, "
        "kubespawner_override: {image: null}}}}}}]",
        M5,
    )
    assert any("`image: null`" in each for each in errors(found))


def test_a_scheduler_of_which_nothing_is_known() -> None:
    """No verdict, and the reason; Kubernetes' own and the chart's are known."""
    found = one("{scheduler_name: mine}", M5)
    assert found.profiles[0].outcome == "open"
    assert any("nothing is known of the scheduler `mine`" in each for each in warnings(found))
    for name in ("default-scheduler", "hub-user-scheduler"):
        assert one(f"{{scheduler_name: {name}}}", M5).profiles[0].outcome == "starts"


@pytest.mark.parametrize(
    ("labels", "count"), [("component: singleuser-server", 1), ("component: hub", 3)]
)
def test_servers_that_do_not_share_a_node(labels: str, count: int) -> None:
    """A required anti-affinity on the host lets one on a node, if it is about servers."""
    term = f"{{topologyKey: kubernetes.io/hostname, labelSelector: {{matchLabels: {{{labels}}}}}}}"
    own = one(f"{{cpu_guarantee: 1, pod_anti_affinity_required: [{term}]}}", M5)
    assert users(own) == {"m5.xlarge": count}
    required = f"requiredDuringSchedulingIgnoredDuringExecution: [{term}]"
    pod = f"extra_pod_config: {{affinity: {{podAntiAffinity: {{{required}}}}}}}"
    assert users(one(f"{{cpu_guarantee: 1, {pod}}}", M5)) == {"m5.xlarge": count}
