"""The small stacks of the fakes with Helm releases in one of them, which are carried."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.orchestration.carrying import ChartFile
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from tests.support.fakes import synthesize

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.reports import StackNode

STACK = "cluster"
NAMESPACE = "n"
_PROVIDER = {
    "kubernetes": {
        "host": "h",
        "cluster_ca_certificate": "c",
        "exec": {"command": "jhub", "args": []},
    }
}


def _release(name: str) -> dict[str, Any]:
    return {"name": name, "namespace": NAMESPACE, "chart": name, "version": "1.2", "timeout": 1}


def with_releases(
    deployment: Deployment, out: Path, *, protect_data: bool
) -> tuple[StackNode, ...]:
    """Write the fake stacks, with the releases ``hub`` and ``karpenter`` in one of them."""
    nodes = synthesize(deployment, out, protect_data=protect_data)
    file = out / "stacks" / STACK / "cdk.tf.json"
    document = json.loads(file.read_text())
    document["provider"] = {"helm": [_PROVIDER]}
    document["terraform"]["required_providers"] = {"helm": {}}
    document["resource"]["helm_release"] = {"Hub": _release("hub"), "Nodes": _release("karpenter")}
    file.write_text(json.dumps(document))
    return nodes


def _chart(arguments: Mapping[str, Any], _: Path) -> ChartFile:
    found = arguments["chart"] == "hub"
    return ChartFile(path="hub.tgz" if found else "", digest="d" if found else "")


def carrying(**more: Any) -> Kubernetes:
    """Return a Kubernetes half whose releases are carried; only the chart of ``hub`` is there."""
    return Kubernetes(chart_of=_chart, carries=True, **more)
