"""What becomes of a server, all findings taken together."""

from __future__ import annotations

import pytest

from tests.support.foreign import one, report

GPUS = "extra_resource_limits: {nvidia.com/gpu: 2}, tolerations: [{operator: Exists}]"
REFUSES = (
    "config: {map: {a: {sharing: {timeSlicing: {failRequestsGreaterThanOne: true, "
    "resources: [{name: nvidia.com/gpu, replicas: 4}]}}}}}"
)
SHARES = REFUSES.replace("true", "false")
AWAY = "nodeSelector: {accelerator: nvidia}\nconfig: {map: {a: {flags: {migStrategy: none}}}}"


def pool(name: str, labels: str = "{}") -> str:
    """Return a pool of machines with four GPUs."""
    wanted = "{key: node.kubernetes.io/instance-type, operator: In, values: [g5.12xlarge]}"
    template = f"{{metadata: {{labels: {labels}}}, spec: {{requirements: [{wanted}]}}}}"
    return f"{{kind: NodePool, metadata: {{name: {name}}}, spec: {{template: {template}}}}}\n---\n"


@pytest.mark.parametrize(
    ("pools", "plugin", "outcome"),
    [
        (pool("a"), "a: b", "starts"),
        (pool("a"), SHARES, "differs"),
        (pool("a"), REFUSES, "never"),
        (pool("a"), AWAY, "never"),
        # Karpenter may take either, and in one of them the server waits for ever.
        (pool("a") + pool("b", "{accelerator: nvidia}"), AWAY, "differs"),
        (pool("b", "{accelerator: nvidia}"), AWAY, "starts"),
    ],
)
def test_gpus_that_a_plugin_shares_or_does_not_offer(pools: str, plugin: str, outcome: str) -> None:
    """Two whole GPUs: refused or never offered is never, slices are something else."""
    (profile,) = one(f"{{{GPUS}}}", pools, plugin).profiles

    assert profile.outcome == outcome


@pytest.mark.parametrize(
    ("override", "outcome"),
    [
        ("{mem_guarantee: 9G, mem_limit: 1G}", "never"),
        ("{extra_resource_guarantees: {nvidia.com/gpu: 1}}", "never"),
        ("{mem_limit: '{username}'}", "open"),
        ("{mem_limit: 1G}", "open"),
        ("{node_selector: {node.kubernetes.io/instance-type: m5.large}, mem_limit: 1G}", "starts"),
        ("{extra_resource_limits: {a.b/c: 1}}", "open"),
    ],
)
def test_a_list_alone(override: str, outcome: str) -> None:
    """What Kubernetes refuses never starts, also where nothing is known of nodes."""
    (profile,) = one(override).profiles

    assert profile.outcome == outcome


def test_problems_belong_to_their_profile_or_to_none() -> None:
    """Those of a profile as such, of its choices and of its settings; errors come first."""
    found = report(
        "hub: {extraConfig: {a: profile_list}}\n"
        "singleuser:\n"
        "  profileList:\n"
        "  - {display_name: A, slug: s, kubespawner_override: {mem_limt: 1G, mem_limit: x}}\n"
        "  - {display_name: B, slug: s}\n"
    )
    first, second = found.profiles

    assert [each.severity for each in first.problems] == ["error", "warning"]
    assert "has the slug `s`" in second.problems[0].message
    assert second.outcome == "differs"
    (other,) = found.others
    assert "Python code of the hub" in other.message
    assert len(found.problems) == 4
