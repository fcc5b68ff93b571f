"""What is called out of support, vulnerable, behind or current."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from jupyterhub_eks import versions
from jupyterhub_eks.upgrades.chart_items import machine_items
from jupyterhub_eks.upgrades.model import FAILING, Found, NodeGroup, Wanted
from tests.unit.upgrades.cases import FOUND, TODAY, WANTED, at, checked, item

END_OF_136 = date(2027, 8, 2)


def test_what_is_as_pinned_is_current() -> None:
    """Nothing to say and nothing to do."""
    report = checked()

    assert report.state == "current"
    assert report.rounds == ()


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (END_OF_136 - timedelta(days=91), "current"),
        (END_OF_136 - timedelta(days=90), "ending"),
        (END_OF_136, "ending"),
        (END_OF_136 + timedelta(days=1), "ended"),
    ],
)
def test_support_ends_after_its_last_day(today: date, state: str) -> None:
    """It is spoken of from 90 days before on; the last day is a supported one."""
    assert item(checked(today=today), "Kubernetes").state == state


def test_a_version_out_of_support_fails_the_check() -> None:
    """CI gets to know: 1.33 ended on 2026-07-29."""
    report = checked(at("1.33"))

    assert item(report, "Kubernetes").support_ends == date(2026, 7, 29)
    assert report.state in FAILING


def test_a_cluster_in_extended_support_is_judged_by_its_end() -> None:
    """Somebody has switched it on, and pays."""
    kubernetes = item(checked(at("1.33", is_extended=True)), "Kubernetes")

    assert (kubernetes.state, kubernetes.support_ends) == ("behind", date(2027, 7, 29))


def test_without_extended_support_the_consequence_is_told() -> None:
    """EKS moves the control plane by itself, which nobody expects."""
    notes = " ".join(item(checked(at("1.34")), "Kubernetes").notes)

    assert "EKS moves the control plane by itself" in notes


def test_a_version_before_all_known_ones_is_out_of_support() -> None:
    """No date in the data is no excuse."""
    assert item(checked(at("1.27")), "Kubernetes").state == "ended"


def test_a_version_without_a_date_is_not_called_supported() -> None:
    """Neither is one that a newer release has brought."""
    for minor in ("1.37", "1.39"):
        kubernetes = item(checked(at(minor), replace(WANTED, kubernetes=minor)), "Kubernetes")
        assert kubernetes.state == "unknown"
        assert f"the end of support of {minor} is not known" in kubernetes.notes[0]


def test_a_configuration_behind_the_cluster_is_blocked() -> None:
    """EKS has been moved by hand, and a deploy would try to take it back."""
    kubernetes = item(checked(FOUND, replace(WANTED, kubernetes="1.35")), "Kubernetes")

    assert kubernetes.state == "blocked"
    assert 'write version: "1.36"' in kubernetes.notes[0]


def test_without_anything_deployed_the_configuration_is_judged() -> None:
    """An old version in a file is found before it costs anything."""
    report = checked(Found(), replace(WANTED, kubernetes="1.35"), date(2027, 4, 1))

    assert not report.is_deployed
    assert item(report, "Kubernetes").state == "ended"
    assert report.rounds == ()


def test_a_regular_karpenter_ends_with_its_successor() -> None:
    """Only releases with long-term support have a date."""
    old = at("1.36", charts={**FOUND.charts, "karpenter": "1.12.3"})

    assert item(checked(old), "karpenter").state == "ended"
    assert item(checked(), "karpenter").support_ends == date(2027, 7, 31)


def test_karpenter_without_a_row_for_kubernetes_is_not_confirmed() -> None:
    """Its makers say nothing of 1.37 yet."""
    assert item(checked(at("1.37"), replace(WANTED, kubernetes="1.37")), "karpenter").state == (
        "unknown"
    )


def test_a_hub_behind_security_releases_is_vulnerable() -> None:
    """Each of them is named, with what it fixes (D30)."""
    hub = item(checked(at("1.36", charts={**FOUND.charts, "jupyterhub": "4.3.3"})), "jupyterhub")

    assert hub.state == "insecure"
    assert [note.split()[0] for note in hub.notes[:2]] == ["4.3.4", "4.4.0"]
    assert "CVE-2026-40864" in hub.notes[0]


def test_a_fix_without_a_chart_is_told_and_does_not_fail() -> None:
    """Nobody can do anything about it but know whom it concerns."""
    hub = item(checked(), "jupyterhub")

    assert hub.state == "current"
    assert "5.5.1" in hub.notes[0]
    assert versions.JUPYTERHUB_OPEN[0].concerns in hub.notes[0]


def test_a_chart_newer_than_the_pin_is_told() -> None:
    """An older jhub than the one that deployed would take it back."""
    newer = at("1.36", charts={**FOUND.charts, "neuron-helm-chart": "9.0.0"})

    assert item(checked(newer), "neuron-helm-chart").state == "blocked"


def test_a_chart_that_is_not_configured_any_more_does_not_move() -> None:
    """The next deploy removes it, so there is nothing to upgrade."""
    found = at("1.36", charts={**FOUND.charts, "neuron-helm-chart": "1.0.0"})
    charts = {name: each for name, each in WANTED.charts.items() if name != "neuron-helm-chart"}
    report = checked(found, replace(WANTED, charts=charts))

    assert item(report, "neuron-helm-chart").wanted == ""
    assert report.rounds == ()


def test_addons_are_judged_by_what_eks_offers() -> None:
    """Without an answer of EKS nobody knows whether they are the newest."""
    older = {**FOUND.addons, "coredns": "v1.13.1"}

    assert item(checked(at("1.36", addons=older, offered=FOUND.offered)), "coredns").state == (
        "behind"
    )
    assert item(checked(at("1.36", offered={})), "coredns").state == "unknown"


def test_a_kube_proxy_of_an_older_minor_is_behind_without_asking() -> None:
    """It has to follow the control plane."""
    older = {**FOUND.addons, "kube-proxy": "v1.35.1-eksbuild.2"}

    assert item(checked(at("1.36", addons=older, offered={})), "kube-proxy").state == "behind"


def test_nodes_of_an_older_minor_are_behind() -> None:
    """They stay where they are when EKS moves a control plane."""
    group = NodeGroup(name="system-1", version="1.35", release="1.35.9-20261110")
    nodes = item(checked(at("1.36", node_groups=(group,))), "system nodes")

    assert (nodes.state, nodes.wanted) == ("behind", "1.36")


def test_an_unreadable_configuration_is_held_against_the_default() -> None:
    """What is deployed can still be judged."""
    report = checked(at("1.35"), Wanted())

    assert item(report, "Kubernetes").wanted == versions.DEFAULT_KUBERNETES
    assert {each.name for each in report.items if each.group == "chart"} == set(FOUND.charts)


@pytest.mark.parametrize(
    ("terraform", "state"), [("1.9.8", "ended"), ("1.12.2", "current"), ("1.99.0", "unknown")]
)
def test_terraform_is_judged_by_its_minor(terraform: str, state: str) -> None:
    """One that is older than all dates has ended; one that is newer nobody knows."""
    judged = next(machine_items({"Terraform": terraform}, TODAY))

    assert judged.state == state
