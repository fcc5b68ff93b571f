"""In which order a deployment moves."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyterhub_eks import versions
from jupyterhub_eks.upgrades.cluster_items import KUBERNETES
from jupyterhub_eks.upgrades.model import Found, NodeGroup, Wanted
from jupyterhub_eks.upgrades.numbers import hops, is_older
from jupyterhub_eks.upgrades.parts import PARTS
from jupyterhub_eks.upgrades.wanted import PINNED_CHARTS
from tests.unit.upgrades.cases import FOUND, WANTED, at, checked

# A busy machine is no failure.
ANY_PACE = settings(deadline=None)
MINORS = tuple(KUBERNETES)
DEPLOYABLE = tuple(each.minor for each in versions.KUBERNETES_VERSIONS)
CHART_VERSIONS = st.sampled_from(["0.1.0", "1.5.0", "1.8.2", "1.9.3", "1.14.1", "4.4.0", "9.0.0"])
DEPLOYMENTS = st.builds(
    at,
    st.sampled_from(MINORS),
    charts=st.dictionaries(st.sampled_from(sorted(PINNED_CHARTS)), CHART_VERSIONS),
    addons=st.dictionaries(st.sampled_from(sorted(FOUND.addons)), st.just("v1.30.0")),
    images=st.dictionaries(st.just("al2023"), st.just("v20250101")),
    node_groups=st.lists(
        st.builds(
            NodeGroup,
            name=st.sampled_from(["system-1", "system-2"]),
            version=st.sampled_from(MINORS),
            release=st.sampled_from(["1.35.1-20250101", "1.36.1-20261110", ""]),
        ),
        max_size=2,
    ).map(tuple),
)
CONFIGURATIONS = st.builds(replace, st.just(WANTED), kubernetes=st.sampled_from(("", *DEPLOYABLE)))


@ANY_PACE
@given(found=DEPLOYMENTS, wanted=CONFIGURATIONS)
def test_no_round_moves_the_control_plane_by_two_minors(found: Found, wanted: Wanted) -> None:
    """Each begins where the one before has ended, and is one minor at most."""
    current = found.kubernetes
    for each in checked(found, wanted).rounds:
        assert each.kubernetes in (current, *hops(current, each.kubernetes)[:1])
        assert hops(current, each.kubernetes) in ((), (each.kubernetes,))
        current = each.kubernetes
    assert not is_older(current, max(wanted.kubernetes, versions.DEFAULT_KUBERNETES))


@ANY_PACE
@given(found=DEPLOYMENTS, wanted=CONFIGURATIONS)
def test_within_a_round_nothing_comes_before_what_it_needs(found: Found, wanted: Wanted) -> None:
    """CRDs before Karpenter, nodes after their network, the hub last."""
    for each in checked(found, wanted).rounds:
        order = [step.part for step in each.steps]
        for position, part in enumerate(order):
            assert not {*_all_needs(part)} & {*order[position:]}


def _all_needs(part: str) -> set[str]:
    direct = set(PARTS[part].needs)
    return direct.union(*(_all_needs(each) for each in direct))


@ANY_PACE
@given(found=DEPLOYMENTS, wanted=CONFIGURATIONS)
def test_jhub_is_asked_for_versions_that_it_deploys_only(found: Found, wanted: Wanted) -> None:
    """After the edits `cluster.version` is that of the round, and the file is valid."""
    configured = wanted.kubernetes
    for each in checked(found, wanted).rounds:
        if each.by == "jhub":
            configured = each.edit or configured
            assert configured == each.kubernetes
            assert each.kubernetes in DEPLOYABLE
        else:
            assert not each.edit
            assert each.commands


@ANY_PACE
@given(found=DEPLOYMENTS, wanted=CONFIGURATIONS)
def test_karpenter_knows_the_version_of_its_round(found: Found, wanted: Wanted) -> None:
    """An older one has moved before, or the round says that it has not."""
    karpenter = found.charts.get("karpenter", "")
    for each in checked(found, wanted).rounds:
        oldest = KUBERNETES[each.kubernetes].karpenter
        moves = {step.part for step in each.steps}
        if karpenter and oldest and is_older(karpenter, oldest) and "control-plane" in moves:
            assert "needs Karpenter" in each.reason
        karpenter = versions.KARPENTER if "karpenter" in moves else karpenter


@ANY_PACE
@given(found=DEPLOYMENTS, wanted=CONFIGURATIONS)
def test_a_round_has_steps(found: Found, wanted: Wanted) -> None:
    """A command that moves nothing is not asked for."""
    assert all(each.steps for each in checked(found, wanted).rounds)


def test_everything_that_is_behind_moves_with_one_deploy() -> None:
    """At the newest Kubernetes one command does, and no key has to be edited."""
    charts = {**FOUND.charts, "karpenter-crd": "1.13.0", "karpenter": "1.13.0"}
    (only,) = checked(at("1.36", charts={**charts, "jupyterhub": "4.3.5"})).rounds

    assert (only.by, only.edit) == ("jhub", "")
    assert [step.part for step in only.steps] == ["karpenter-crds", "karpenter", "jupyterhub"]
    assert (only.steps[1].before, only.steps[1].after) == ("1.13.0", "1.14.1")


def test_a_karpenter_too_old_for_the_next_minor_moves_before() -> None:
    """1.36 needs 1.13: first at 1.35, whatever the file says by now, then the control plane."""
    charts = {**FOUND.charts, "karpenter-crd": "1.9.3", "karpenter": "1.9.3"}
    first, second = checked(at("1.35", charts=charts)).rounds

    assert (first.kubernetes, first.edit) == ("1.35", "1.35")
    assert [step.part for step in first.steps] == ["karpenter-crds", "karpenter"]
    assert (second.kubernetes, second.edit) == ("1.36", "1.36")
    assert second.steps[0].part == "control-plane"


def test_a_new_control_plane_takes_addons_and_nodes_along() -> None:
    """Both exist for one minor version each."""
    (only,) = checked(at("1.35")).rounds

    assert [step.part for step in only.steps] == [
        "control-plane",
        "network-addons",
        "system-nodes",
        "addons",
        "user-nodes",
    ]


def test_a_version_that_is_not_deployed_any_more_is_left_with_the_aws_cli() -> None:
    """This release writes no stack for 1.34, so it cannot be asked to go there."""
    first, *_ = checked(at("1.33")).rounds

    assert (first.by, first.kubernetes) == ("aws", "1.34")
    assert [each.split("--region eu-central-1")[1] for each in first.commands] == [
        " --name hub --kubernetes-version 1.34",
        " --cluster-name hub --nodegroup-name system-1 --kubernetes-version 1.34",
    ]


def test_old_images_of_system_nodes_are_left_with_the_aws_cli() -> None:
    """A deploy changes nothing about them, so it must not be promised to."""
    group = NodeGroup(name="system-1", version="1.36", release="1.36.0-20260110")
    (only,) = checked(at("1.36", node_groups=(group,))).rounds

    assert only.by == "aws"
    assert [step.part for step in only.steps] == ["system-nodes"]


def test_two_minors_ahead_in_the_file_are_two_edits() -> None:
    """EKS would refuse 1.35 to 1.37 in one deploy."""
    rounds = checked(at("1.35"), replace(WANTED, kubernetes="1.37")).rounds

    assert [each.edit for each in rounds] == ["1.36", "1.37"]
