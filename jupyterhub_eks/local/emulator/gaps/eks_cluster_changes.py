"""EKS ``UpdateClusterConfig``, ``UpdateClusterVersion`` and ``DescribeUpdate``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps import eks_updates
from jupyterhub_eks.local.emulator.gaps.eks_addon_versions import CLUSTER_VERSIONS
from jupyterhub_eks.local.emulator.gaps.eks_updates import remember
from jupyterhub_eks.local.emulator.messages import json_error

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_CONFIG: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/update-config")
_VERSION: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/updates")
_UPDATE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/updates/(?P<id>[^/]+)")
_ENCRYPT: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)/encryption-config/associate")

_KINDS: Final = {
    "resourcesVpcConfig": "EndpointAccessUpdate",
    "logging": "LoggingUpdate",
    "accessConfig": "AccessConfigUpdate",
    "upgradePolicy": "UpgradePolicyUpdate",
    "zonalShiftConfig": "ZonalShiftConfigUpdate",
    "deletionProtection": "DeletionProtectionUpdate",
}
_NETWORK: Final = {
    "endpointPublicAccess",
    "endpointPrivateAccess",
    "publicAccessCidrs",
    "subnetIds",
    "securityGroupIds",
}


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Change a cluster in place and answer with the update."""
    if request.method == "GET" and (found := _UPDATE.fullmatch(request.path)):
        return eks_updates.describe(found["cluster"], found["id"])
    if request.method != "POST":
        return await forward(request)
    if found := _CONFIG.fullmatch(request.path):
        return _missing(found["cluster"]) or _change(found["cluster"], request.json)
    if found := _VERSION.fullmatch(request.path):
        return _missing(found["cluster"]) or _upgrade(found["cluster"], request.json)
    response = await forward(request)
    if response.ok and (found := _ENCRYPT.fullmatch(request.path)):
        remember(found["cluster"], response.json["update"])
    return response


def _missing(cluster: str) -> AwsResponse | None:
    if cluster in stores.clusters():
        return None
    return json_error(404, "ResourceNotFoundException", f"No cluster found for name: {cluster}.")


def _change(cluster: str, body: dict[str, Any]) -> AwsResponse:
    changes = {key: value for key, value in body.items() if key != "clientRequestToken"}
    if len(changes) != 1 or not changes.keys() <= _KINDS.keys():
        return json_error(
            400,
            "InvalidParameterException",
            f"Exactly one kind of change is allowed in an update, got {sorted(changes)}",
        )
    ((key, value),) = changes.items()
    record = stores.clusters()[cluster]
    if key == "resourcesVpcConfig":
        return _change_network(cluster, record["resourcesVpcConfig"], value)
    if key == "logging":
        record["logging"] = merged_logging(record["logging"], value)
    elif isinstance(value, dict):
        record[key] = {**record.get(key, {}), **value}
    else:
        record[key] = value
    return eks_updates.new(cluster, _KINDS[key])


def _change_network(cluster: str, current: dict[str, Any], wanted: dict[str, Any]) -> AwsResponse:
    if not wanted.keys() <= _NETWORK:
        return json_error(
            400,
            "InvalidParameterException",
            f"Cannot be updated: {sorted(wanted.keys() - _NETWORK)}",
        )
    merged = {**current, **wanted}
    if not merged["endpointPublicAccess"] and not merged["endpointPrivateAccess"]:
        return json_error(
            400, "InvalidParameterException", "Private and public endpoint access cannot be false"
        )
    current.update(wanted)
    kind = "EndpointAccessUpdate" if "endpointPublicAccess" in wanted else "VpcConfigUpdate"
    return eks_updates.new(cluster, kind)


def merged_logging(current: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return control-plane logging after a change; unnamed types stay as they are."""
    enabled: set[str] = set()
    named: set[str] = set()
    for setup in (*current.get("clusterLogging", ()), *wanted.get("clusterLogging", ())):
        types = set(setup.get("types", ()))
        named |= types
        enabled = enabled | types if setup.get("enabled") else enabled - types
    setups = [{"types": sorted(enabled), "enabled": True}] if enabled else []
    if named - enabled:
        setups.append({"types": sorted(named - enabled), "enabled": False})
    return {"clusterLogging": setups}


def _upgrade(cluster: str, body: dict[str, Any]) -> AwsResponse:
    record = stores.clusters()[cluster]
    wanted = body.get("version", "")
    current = CLUSTER_VERSIONS.index(record["version"])
    if wanted not in CLUSTER_VERSIONS or CLUSTER_VERSIONS.index(wanted) != current + 1:
        return json_error(
            400,
            "InvalidParameterException",
            f"Unsupported Kubernetes minor version update from {record['version']} to {wanted}",
        )
    record["version"] = wanted
    return eks_updates.new(cluster, "VersionUpdate", {"Version": wanted})
