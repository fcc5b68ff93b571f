"""EKS clusters: checked when made, complete when described, refused deletion when in use.

The emulator keeps neither upgrade policy, zonal shift nor deletion protection,
knows no VPC or security group of the cluster, and takes any version.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.gaps.eks_addon_versions import CLUSTER_VERSIONS
from jupyterhub_eks.local.emulator.messages import json_error, json_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_ONE: Final = re.compile(r"/clusters/(?P<cluster>[^/]+)")
_NAME: Final = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
# Kept as given; EKS answers with them.
_ECHOED: Final = (
    "upgradePolicy",
    "zonalShiftConfig",
    "deletionProtection",
    "computeConfig",
    "storageConfig",
    "remoteNetworkConfig",
    "controlPlaneScalingConfig",
)
_READY_SECONDS: Final = 5.0
_FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"
# No control plane answers at the endpoint, so there is no certificate to show;
# readers of the attribute get base64 text, as on AWS.
_NO_CERTIFICATE: Final = base64.b64encode(
    b"the embedded AWS has no certificate authority\n"
).decode()


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Create and delete clusters as EKS does."""
    if request.method == "POST" and request.path == "/clusters":
        return await _create(request, forward)
    found = _ONE.fullmatch(request.path)
    if request.method == "DELETE" and found and found["cluster"] in stores.clusters():
        return await _delete(request, forward, found["cluster"])
    return await forward(request)


def _refusal(body: dict[str, Any]) -> str:
    """Return why EKS would refuse the cluster, or an empty text."""
    name, version = body.get("name", ""), body.get("version") or CLUSTER_VERSIONS[0]
    network = body.get("resourcesVpcConfig") or {}
    private = network.get("endpointPrivateAccess", False)
    if not _NAME.fullmatch(name):
        return f"The cluster name '{name}' is not valid"
    if version not in CLUSTER_VERSIONS:
        return f"unsupported Kubernetes version {version}"
    if not network.get("endpointPublicAccess", True) and not private:
        return "Private and public endpoint access cannot be false"
    return _subnet_refusal(network.get("subnetIds", ()))


def _subnet_refusal(ids: Sequence[str]) -> str:
    subnets = [stores.subnets().get(key) for key in ids]
    if None in subnets:
        return "The subnet ID of at least one subnet does not exist"
    known = [subnet for subnet in subnets if subnet is not None]
    if len({subnet["AvailabilityZone"] for subnet in known}) < 2:
        return "Subnets specified must be in at least two different AZs"
    if len({subnet["VpcId"] for subnet in known}) > 1:
        return "Subnets specified must be in one VPC"
    return ""


async def _create(request: AwsRequest, forward: Forward) -> AwsResponse:
    body = request.json
    name = body.get("name", "")
    if name not in stores.clusters() and (reason := _refusal(body)):
        return json_error(400, "InvalidParameterException", reason)
    response = await forward(request)
    if not response.ok:
        return response
    record = stores.clusters()[name]
    await _until_active(record)
    network = record["resourcesVpcConfig"]
    network["vpcId"] = stores.subnets()[network["subnetIds"][0]]["VpcId"]
    network["clusterSecurityGroupId"] = await _security_group(request, forward, record)
    record["version"] = body.get("version") or CLUSTER_VERSIONS[0]
    record["platformVersion"] = "eks.1"
    record["certificateAuthority"] = {"data": _NO_CERTIFICATE}
    record["accessConfig"] = {
        "authenticationMode": "CONFIG_MAP",
        **(body.get("accessConfig") or {}),
    }
    record["upgradePolicy"] = {"supportType": "EXTENDED"}
    record.update({key: body[key] for key in _ECHOED if body.get(key) is not None})
    shown = {key: value for key, value in record.items() if not key.startswith("_")}
    return json_response({"cluster": {**shown, "status": "CREATING"}})


async def _until_active(record: dict[str, Any]) -> None:
    """Wait for the emulator's own thread, so that no half-made cluster is saved."""
    deadline = time.monotonic() + _READY_SECONDS
    while record["status"] != "ACTIVE" and time.monotonic() < deadline:  # noqa: ASYNC110 - a thread of the emulator sets it
        await asyncio.sleep(0.005)


async def _security_group(request: AwsRequest, forward: Forward, cluster: dict[str, Any]) -> str:
    """Make the security group that EKS attaches to control plane and managed nodes."""
    name = cluster["name"]
    tags = {f"kubernetes.io/cluster/{name}": "owned", "Name": f"eks-cluster-sg-{name}"}
    form = {
        "Action": "CreateSecurityGroup",
        "Version": "2016-11-15",
        "GroupName": f"eks-cluster-sg-{name}-{secrets.randbelow(10**9):09d}",
        "GroupDescription": "EKS created security group applied to ENI that is attached to EKS "
        "Control Plane master nodes, as well as any managed workloads.",
        "VpcId": cluster["resourcesVpcConfig"]["vpcId"],
        "TagSpecification.1.ResourceType": "security-group",
    }
    for index, (key, value) in enumerate(tags.items(), start=1):
        form[f"TagSpecification.1.Tag.{index}.Key"] = key
        form[f"TagSpecification.1.Tag.{index}.Value"] = value
    body = urlencode(form).encode()
    answer = await forward(request.to("ec2", "POST", "/", body, _FORM))
    found = re.search(rb"<groupId>(sg-[0-9a-f]+)</groupId>", answer.body)
    if not answer.ok or found is None:
        raise RuntimeError(f"no security group for cluster {name}: {answer.body.decode()}")
    return found[1].decode()


async def _delete(request: AwsRequest, forward: Forward, name: str) -> AwsResponse:
    record = stores.clusters()[name]
    if any(key.startswith(f"{name}/") for key in stores.node_groups()):
        return json_error(409, "ResourceInUseException", "Cluster has nodegroups attached")
    if record.get("deletionProtection"):
        return json_error(
            400,
            "InvalidRequestException",
            "Cluster deletion protection is enabled for this cluster",
        )
    group = record["resourcesVpcConfig"]["clusterSecurityGroupId"]
    response = await forward(request)
    if response.ok:
        for key in [key for key in stores.addons() if key.startswith(f"{name}/")]:
            del stores.addons()[key]
        body = urlencode({"Action": "DeleteSecurityGroup", "GroupId": group}).encode()
        await forward(request.to("ec2", "POST", "/", body, _FORM))
    return response
