"""EKS ``DescribeAddonVersions``: which versions of an add-on fit which cluster version.

The versions have the form of AWS's (``v1.2.3-eksbuild.4``) but are this stand-in's
own: what AWS offers changes weekly, and a stack has to ask for it, not know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator.messages import json_error, json_response
from jupyterhub_eks.versions import KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

CLUSTER_VERSIONS: Final = tuple(version.minor for version in KUBERNETES_VERSIONS)

# Add-on: versions, newest first. `{minor}` follows the cluster's version, as AWS
# does for kube-proxy; the others serve every cluster version.
_VERSIONS: Final[dict[str, tuple[str, ...]]] = {
    "vpc-cni": ("v1.21.2-eksbuild.1", "v1.21.1-eksbuild.3"),
    "eks-pod-identity-agent": ("v1.3.11-eksbuild.1", "v1.3.10-eksbuild.2"),
    "kube-proxy": ("v{minor}.1-eksbuild.2", "v{minor}.0-eksbuild.2"),
    "coredns": ("v1.13.2-eksbuild.1", "v1.13.1-eksbuild.1"),
    "aws-ebs-csi-driver": ("v1.55.0-eksbuild.1", "v1.54.0-eksbuild.1"),
    "aws-efs-csi-driver": ("v3.4.1-eksbuild.1", "v3.3.0-eksbuild.1"),
    "metrics-server": ("v0.8.1-eksbuild.1", "v0.8.0-eksbuild.5"),
    "eks-node-monitoring-agent": ("v1.5.2-eksbuild.1", "v1.5.1-eksbuild.1"),
    "snapshot-controller": ("v8.4.0-eksbuild.1", "v8.3.0-eksbuild.1"),
}


def versions(addon: str, minor: str) -> tuple[str, ...]:
    """Return the versions of ``addon`` for a cluster version, newest first."""
    if minor not in CLUSTER_VERSIONS:
        return ()
    return tuple(text.format(minor=minor) for text in _VERSIONS.get(addon, ()))


def default_version(addon: str, minor: str) -> str:
    """Return the version that EKS installs when none is asked for."""
    return versions(addon, minor)[-1]


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer ``GET /addons/supported-versions``."""
    if request.method != "GET" or request.path != "/addons/supported-versions":
        return await forward(request)
    name = request.params.get("addonName", [""])[0]
    minor = request.params.get("kubernetesVersion", [""])[0]
    if name and name not in _VERSIONS:
        return json_error(404, "ResourceNotFoundException", f"Addon {name} not found")
    minors = (minor,) if minor else CLUSTER_VERSIONS
    found = [_describe(addon, minors) for addon in ([name] if name else sorted(_VERSIONS))]
    return json_response({"addons": [addon for addon in found if addon["addonVersions"]]})


def _describe(addon: str, minors: tuple[str, ...]) -> dict[str, Any]:
    compatible: dict[str, list[dict[str, Any]]] = {}
    for minor in minors:
        for version in versions(addon, minor):
            compatible.setdefault(version, []).append(
                {
                    "clusterVersion": minor,
                    "platformVersions": ["*"],
                    "defaultVersion": version == default_version(addon, minor),
                }
            )
    return {
        "addonName": addon,
        "owner": "aws",
        "publisher": "eks",
        "addonVersions": [
            {
                "addonVersion": version,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2"],
                "compatibilities": matches,
                "requiresConfiguration": False,
            }
            for version, matches in compatible.items()
        ],
    }
