"""What runs on every node besides servers, as DaemonSets of the add-ons and charts.

Requests are those that installations report for EKS' add-ons, as in ``placement/daemons.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightkube.codecs import from_dict

if TYPE_CHECKING:
    from lightkube import Client

_ADDONS: dict[str, dict[str, str]] = {
    "aws-node": {"cpu": "50m"},
    "kube-proxy": {"cpu": "100m"},
    "ebs-csi-node": {"cpu": "30m", "memory": "120Mi"},
    "efs-csi-node": {},
    "eks-pod-identity-agent": {},
    "eks-node-monitoring-agent": {"cpu": "10m", "memory": "30Mi"},
}
# By label of their nodes. NVIDIA's plugin follows the label that pools carry, Neuron's the
# types of machines; Bottlerocket's own plugin is no pod.
_PLUGINS: dict[str, dict[str, Any]] = {
    "nvidia-device-plugin": {"key": "nvidia.com/gpu.present", "operator": "In", "values": ["true"]},
    "neuron-device-plugin": {
        "key": "karpenter.k8s.aws/instance-accelerator-manufacturer",
        "operator": "In",
        "values": ["aws"],
    },
}


def bring(client: Client) -> None:
    """Install them all."""
    for name, requests in _ADDONS.items():
        client.apply(from_dict(_document(name, requests, None)), force=True)
    for name, term in _PLUGINS.items():
        client.apply(from_dict(_document(name, {}, term)), force=True)


def _document(name: str, requests: dict[str, str], term: dict[str, Any] | None) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "tolerations": [{"operator": "Exists"}],
        "containers": [
            {"name": name, "image": "example.invalid/x:1", "resources": {"requests": requests}}
        ],
    }
    if term:
        terms = [{"matchExpressions": [term]}]
        chosen = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        spec["affinity"] = {"nodeAffinity": chosen}
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }
