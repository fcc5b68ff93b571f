"""What is wrong with the settings of a server, whatever the cluster."""

from __future__ import annotations

import pytest

from tests.support.foreign import errors, one, report, warnings

GPU = "extra_resource_limits: {nvidia.com/gpu: 1}, tolerations: [{operator: Exists}]"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("{mem_limit: 8Gi}", "KubeSpawner does not take `mem_limit: 8Gi`"),
        ("{mem_limit: 8192Mi}", "KubeSpawner does not take `mem_limit: 8192Mi`"),
        ('{cpu_limit: "2"}', 'KubeSpawner does not take `cpu_limit: "2"`'),
        ("{cpu_guarantee: 500m}", "KubeSpawner does not take `cpu_guarantee: 500m`"),
        ("{mem_limit: lots}", "`mem_limit` is no amount"),
        ("{mem_limit: [8G]}", "`mem_limit` is no amount"),
        ("{cpu_limit: -1}", "`cpu_limit: -1` is less than nothing"),
        ("{mem_limit: 8}", "too little for JupyterLab"),
        ("{cpu_limit: 5000}", "5000 cores: no machine has so many"),
        ("{mem_guarantee: 99T, mem_limit: 99T}", "no machine has so much"),
        ("{mem_guarantee: 9G, mem_limit: 8G}", "the guarantee of memory, 9 GiB, is more than"),
        ("{cpu_guarantee: 3, cpu_limit: 2}", "the guarantee of cpu, 3 cores, is more than"),
        ("{extra_resource_limits: 1}", "is no mapping of resources"),
        ("{extra_resource_limits: {nvidia.com/gpu: one}}", "is no amount"),
        ("{extra_resource_limits: {nvidia.com/gpu: 0.5}}", "devices are whole"),
        ("{extra_resource_limits: {nvidia.com/gpu: -1}}", "is less than nothing"),
        ("{extra_resource_limits: {nvidia.com/gpus: 1}}", "no device plugin of nvidia.com offers"),
        ("{extra_resource_limits: {gpu: 1}}", "Kubernetes knows no resource `gpu`"),
        ("{extra_resource_limits: {nvidia.com/mig-1g.6gb: 1}}", "no GPU on EC2 can be partitioned"),
        ("{extra_resource_limits: {nvidia.com/mig-small: 1}}", "is no MIG partition"),
        ("{extra_resource_guarantees: {nvidia.com/gpu: 1}}", "is only guaranteed"),
        (
            (
                "{extra_resource_guarantees: {nvidia.com/gpu: 1}, "
                "extra_resource_limits: {nvidia.com/gpu: 2}}"
            ),
            "1 guaranteed, limit 2",
        ),
        (
            "{extra_resource_limits: {nvidia.com/gpu: 1, aws.amazon.com/neuron: 1}}",
            "no machine has both",
        ),
        ("{extra_container_config: {resources: {limits: {cpu: wide}}}}", "is no amount"),
    ],
)
def test_settings_that_cannot_be_right(override: str, message: str) -> None:
    """Each is an error, with what is written."""
    assert any(message in each for each in errors(one(override)))


@pytest.mark.parametrize(
    "override",
    [
        "{}",
        "{mem_limit: 8G, mem_guarantee: 8G, cpu_limit: 2, cpu_guarantee: 0.5}",
        "{mem_limit: 8589934592, cpu_limit: null}",
        f"{{{GPU}}}",
        "{extra_resource_guarantees: {cpu: 500m, memory: 8Gi}}",
        "{extra_resource_limits: {smarter-devices/fuse: 1}}",
        "{extra_resource_limits: {hugepages-2Mi: 128Mi}}",
        "{image: a, environment: {A: '{username}'}, volumes: [{name: a}], extra_pod_config: {}}",
    ],
)
def test_settings_that_are_right(override: str) -> None:
    """Nothing is said of them."""
    assert not one(override).problems


def test_the_place_of_a_fault() -> None:
    """It is that of the value, and the way to write it is given in KubeSpawner's words."""
    (problem,) = one("{mem_limit: 8192Mi}").problems

    assert (problem.line, problem.column) == (1, 54)
    assert problem.path == "[0].mem_limit"
    assert problem.hint == "write `8G`; KubeSpawner's `G` is GiB"


def test_a_limit_alone_is_the_request() -> None:
    """Kubernetes fills it in, and so a server with a limit only needs all of it."""
    wish = one("{mem_limit: 8G, cpu_limit: 2}").shapes[0].wish

    assert (wish.amounts.memory, wish.amounts.cpu_m) == (8 * 2**30, 2000)


def test_nothing_is_no_guarantee() -> None:
    """KubeSpawner leaves a zero out, which is said."""
    found = one("{cpu_guarantee: 0, cpu_limit: 2}")

    assert found.shapes[0].wish.amounts.cpu_m == 2000
    assert warnings(found) == ["`cpu_guarantee: 0` has no effect"]


def test_extra_resources_take_the_place_of_the_others() -> None:
    """They are laid over cpu and memory, in Kubernetes' own units."""
    wish = one("{mem_guarantee: 8G, extra_resource_guarantees: {memory: 8G}}").shapes[0].wish

    assert wish.amounts.memory == 8 * 10**9


def test_a_container_of_its_own_settings() -> None:
    """``resources`` there replaces everything."""
    wish = (
        one("{mem_limit: 8G, extra_container_config: {resources: {limits: {memory: 1Gi}}}}")
        .shapes[0]
        .wish
    )

    assert wish.amounts.memory == 2**30
    assert wish.amounts.cpu_m == 0


@pytest.mark.parametrize(
    "override",
    [
        '{mem_limit: "{{ memory }}"}',
        '{mem_limit: "${memory}"}',
        "{mem_limit: !!python/name:a.b x}",
        '{node_selector: {team: "{username}"}}',
        '{extra_resource_limits: {nvidia.com/gpu: "{value}"}}',
        "{extra_pod_config: {nodeName: n}}",
    ],
)
def test_what_is_only_known_later_is_not_decided(override: str) -> None:
    """No verdict and no error."""
    found = one(override)

    assert [each.verdict.status for each in found.shapes] == ["open"]
    assert not errors(found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{kubespawner_override: {}}]", "a profile without `display_name`"),
        ("[{display_name: P, slug: a}, {display_name: Q, slug: a}]", "whoever chooses it gets"),
        ("[{display_name: A b}, {display_name: a-B}]", "whoever chooses it gets that one"),
        ("[{display_name: P}, 1]", "a profile is a mapping"),
        ("[{display_name: P, kubespawner_override: [1]}]", "is no mapping of settings"),
        ("[{display_name: P, profile_options: {a: {}}}]", "the option `a` has no choices"),
        ("[{display_name: P, profile_options: {a: {choices: [b]}}}]", "is a list, not a mapping"),
        ("[{display_name: P, profile_options: [a]}]", "`profile_options` is no mapping"),
    ],
)
def test_lists_that_cannot_be_right(text: str, message: str) -> None:
    """Each is an error."""
    assert any(message in each for each in errors(report(text)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{display_name: P, mem_limit: 8G}]", "it belongs under `kubespawner_override`"),
        ("[{display_name: P, defualt: true}]", "KubeSpawner does not look at `defualt`"),
        ("[{display_name: P, kubespawner_override: {mem_limt: 8G}}]", "no setting `mem_limt`"),
        (
            "[{display_name: P, default: true}, {display_name: Q, default: true}]",
            "`Q` is a second default",
        ),
        (
            "[{display_name: P, profile_options: {a: {unlisted_choice: {enabled: true}}}}]",
            "a start without an entry fails",
        ),
        (
            (
                "[{display_name: P, profile_options: {a: {unlisted_choice: {enabled: true, "
                "kubespawner_override: {mem_limit: '{value}'}}, choices: {b: {}}}}}]"
            ),
            "depends on what a user enters",
        ),
        (
            (
                "[{display_name: P, kubespawner_override: {extra_resource_limits: "
                "{nvidia.com/gpu: 1}}}]"
            ),
            "tolerates no taint",
        ),
        (
            f"[{{display_name: P, default: true, kubespawner_override: {{{GPU}}}}}]",
            "the default `P`",
        ),
    ],
)
def test_lists_that_are_hardly_meant(text: str, message: str) -> None:
    """Each is a warning, not an error."""
    found = report(text)

    assert any(message in each for each in warnings(found))
    assert not errors(found)
