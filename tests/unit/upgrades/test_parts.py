"""The order of the parts is that in which Terraform applies the stacks."""

from __future__ import annotations

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.upgrades.parts import NETWORK_ADDONS, PART_OF_CHART, PARTS
from stacks.addons import ADDONS
from tests.support.pools import EVERY_KIND, deployment_with


def test_each_part_comes_after_those_it_needs() -> None:
    """What is listed is an order."""
    names = list(PARTS)
    for name, part in PARTS.items():
        assert all(names.index(each) < names.index(name) for each in part.needs)


def test_network_addons_are_those_installed_before_nodes() -> None:
    """Stack `cluster` has the same two waves."""
    assert {addon.name for addon in ADDONS if addon.before_nodes} == NETWORK_ADDONS


def test_every_remote_chart_has_a_part() -> None:
    """A new chart cannot be forgotten."""
    assert {chart.name for chart in catalog.REMOTE_CHARTS} == set(PART_OF_CHART)


def test_charts_come_in_the_order_of_their_releases() -> None:
    """A release that another one needs is of an earlier part."""
    deployment = deployment_with(EVERY_KIND, access={"domain": "hub.example.org"})
    releases = {each.name: each for each in all_releases(deployment)}
    order = list(PARTS)
    for release in releases.values():
        if isinstance(release.chart, RemoteChart):
            own = order.index(PART_OF_CHART[release.chart.name])
            for name in release.needs:
                needed = releases[name].chart
                if isinstance(needed, RemoteChart):
                    assert order.index(PART_OF_CHART[needed.name]) < own
