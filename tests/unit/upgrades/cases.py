"""A deployment of which everything is known, for checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from jupyterhub_eks import versions
from jupyterhub_eks.upgrades.checking import check
from jupyterhub_eks.upgrades.model import Cluster, Found, NodeGroup, Wanted
from jupyterhub_eks.upgrades.wanted import PINNED_CHARTS

if TYPE_CHECKING:
    from jupyterhub_eks.upgrades.model import Check, Item

TODAY = date(2026, 11, 20)
CLUSTER = Cluster(name="hub", region="eu-central-1", deploy="jhub deploy")
NEWEST = {"vpc-cni": "v1.21.2-eksbuild.1", "kube-proxy": "v1.36.1-eksbuild.2", "coredns": "v1.13.2"}
WANTED = Wanted(kubernetes="1.36", charts=PINNED_CHARTS, images=versions.IMAGES)
FOUND = Found(
    kubernetes="1.36",
    addons=NEWEST,
    node_groups=(NodeGroup(name="system-1", version="1.36", release="1.36.2-20261110"),),
    charts=PINNED_CHARTS,
    images=versions.IMAGES,
    offered=NEWEST,
)
MACHINE = {"Terraform": "1.13.2", "Python": "3.13.1"}


def at(minor: str, **more: Any) -> Found:
    """Return a deployment of a Kubernetes version."""
    group = NodeGroup(name="system-1", version=minor, release=f"{minor}.2-20261110")
    addons = {**NEWEST, "kube-proxy": f"v{minor}.1-eksbuild.2"}
    fields: dict[str, Any] = {"kubernetes": minor, "node_groups": (group,), "addons": addons}
    return replace(FOUND, **{**fields, "offered": addons, **more})


def checked(found: Found = FOUND, wanted: Wanted = WANTED, today: date = TODAY) -> Check:
    """Return the check of a deployment."""
    return check(CLUSTER, wanted, found, MACHINE, today)


def item(report: Check, name: str) -> Item:
    """Return the judgement on one thing."""
    return next(each for each in report.items if each.name == name)
