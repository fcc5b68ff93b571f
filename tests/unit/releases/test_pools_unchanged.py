"""What pools without any of the newer keys become does not change by a byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyterhub_eks.releases.device_plugins import device_plugin_releases
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.versions import AL2023_IMAGE, BOTTLEROCKET_IMAGE
from tests.support.pools import EVERY_KIND, deployment_with, mig, pool

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "pools.json"
POOLS = {
    **EVERY_KIND,
    "spot": pool("m7g", capacity="spot"),
    "reserved": pool("p5.48xlarge", capacity="reserved", disk_gib=500),
    "models": mig("1g.10gb", "p5", "p4de"),
    "part": pool("g6f"),
}


def rendered() -> str:
    """Return objects and plugins of the pools as text, without the pins of images."""
    deployment = deployment_with(POOLS, cluster={"prefix_delegation": True}, tags={"team": "x"})
    place = NodePlace(instance_profile="profile")
    found: dict[str, Any] = {
        "objects": node_objects(deployment.profiles, deployment.settings, place),
        "plugins": {
            each.name: each.values for each in device_plugin_releases(POOLS, "kube-system")
        },
    }
    text = json.dumps(found, indent=1) + "\n"
    return text.replace(AL2023_IMAGE, "PINNED").replace(BOTTLEROCKET_IMAGE, "PINNED")


def test_pools_of_before_become_what_they_were() -> None:
    """Key by key and in the same order: no node of a running hub drifts by an upgrade."""
    assert rendered() == GOLDEN.read_text(encoding="utf-8")
